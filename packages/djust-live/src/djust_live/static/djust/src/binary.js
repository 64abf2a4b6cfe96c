/** Binary messages of extensions, such as pieces of a file. */

/** @import {View} from "./view.js" */

/**
 * @param {View} view
 * @param {string} namespace In ASCII.
 * @param {Uint8Array} data
 * @returns {number} How many bytes wait to leave the browser; -1 when there is no connection.
 */
export const sendBinary = (view, namespace, data) => {
  const socket = view._isReady && view._socket._socket;
  if (!socket) return -1;
  const name = new TextEncoder().encode(namespace);
  const message = new Uint8Array(1 + name.length + data.length);
  message[0] = name.length;
  message.set(name, 1);
  message.set(data, 1 + name.length);
  socket.send(message);
  return socket.bufferedAmount;
};
