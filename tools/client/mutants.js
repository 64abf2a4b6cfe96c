/**
 * List small changes of a module, one a line of JSON: where, what is there, and what to put there.
 *
 * Usage: node tools/client/mutants.js FILE
 */

import { readFileSync } from "node:fs";
import { parse } from "acorn";

/** For each operator one that is near it and means something else. */
const OTHER = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "^": "&",
  ">>>": ">>",
  "&&": "||",
  "||": "&&",
  "??": "&&",
  "!": "",
  "++": "--",
  "--": "++",
  "+=": "-=",
  "-=": "+=",
};

/** @param {any} node @returns {string | undefined} Another literal of the same type. */
const otherLiteral = ({ value, raw, regex }) => {
  if (typeof value === "number") return String(value + 1);
  if (typeof value === "boolean") return String(!value);
  if (typeof value === "string" && !regex) return JSON.stringify(`XX${value}`);
  return raw === "null" ? "undefined" : undefined;
};

const source = readFileSync(process.argv[2], "utf8");

/** @param {number} start @param {number} end @param {string} text */
const change = (start, end, text) => {
  const line = source.slice(0, start).split("\n").length;
  process.stdout.write(`${JSON.stringify({ start, end, line, old: source.slice(start, end), text })}\n`);
};

/** @param {string} sign @param {number} from @param {number} to Between what it stands. */
const changeSign = (sign, from, to, text = OTHER[sign]) => {
  const start = source.indexOf(sign, from);
  if (text !== undefined && start < to) change(start, start + sign.length, text);
};

/** @param {any} node With an operator between its two sides. */
const changeInfix = ({ operator, left, right }) => changeSign(operator, left.end, right.start);

/** @param {any} node With an operator before or behind it. */
const changeUnary = ({ operator, prefix, start, end }) =>
  changeSign(operator, prefix ? start : end - operator.length, end);

/** @param {any} test A condition, here the opposite of it; of some a sign makes it already. */
const negate = (test) => {
  if (test && !["!", "===", "!=="].includes(test.operator)) change(test.start, test.end, `!(${source.slice(test.start, test.end)})`);
};

/** @param {any} body What a function does: here nothing. */
const empty = (body) => {
  if (body.type !== "BlockStatement") change(body.start, body.end, "(undefined)");
  else if (body.body.length) change(body.start, body.end, "{}");
};

/** @type {Record<string, (node: any, parent: any) => void>} */
const CHANGES = {
  BinaryExpression: changeInfix,
  LogicalExpression: changeInfix,
  AssignmentExpression: changeInfix,
  UnaryExpression: changeUnary,
  UpdateExpression: changeUnary,
  Literal: (node, parent) => {
    const text = otherLiteral(node);
    if (text !== undefined && parent.type !== "ImportDeclaration") change(node.start, node.end, text);
  },
  IfStatement: ({ test }) => negate(test),
  ConditionalExpression: ({ test }) => negate(test),
  WhileStatement: ({ test }) => negate(test),
  ForStatement: ({ test }) => negate(test),
  ExpressionStatement: ({ start, end }) => change(start, end, ";"),
  ContinueStatement: ({ start, end }) => change(start, end, ";"),
  ReturnStatement: ({ argument }) => {
    if (argument) change(argument.start, argument.end, "undefined");
  },
  FunctionExpression: ({ body }) => empty(body),
  ArrowFunctionExpression: ({ body }) => empty(body),
  MemberExpression: ({ optional, object, property }) => {
    if (optional) changeSign("?.", object.end, property.start, ".");
  },
  CallExpression: ({ optional, callee, end }) => {
    if (optional) changeSign("?.", callee.end, end, "");
  },
};

/** @param {any} node @param {any} parent */
const visit = (node, parent) => {
  CHANGES[node.type]?.(node, parent);
  for (const inner of Object.values(node).flat()) {
    if (typeof inner?.type === "string") visit(inner, node);
  }
};

const program = parse(source, { ecmaVersion: "latest", sourceType: "module" });
visit(program, program);
