"""Break modules a little, one change at a time, and count the changes that a test notices.

A test that runs a line need not check it. A tool for the language of the module changes an
operator, a number, an argument, what a function returns, and runs the tests of the module again; a
change that no test notices has survived.
"""
