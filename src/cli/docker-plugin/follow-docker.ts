import { connect } from "node:net";
import type { Environment } from "../../core/text/environment.js";

/**
 * The docker command does not pass signals on: it holds a socket open for its plugin, and closes it when it is asked to
 * end. From a terminal, the plugin gets the signal as well. Docker before 25 has no such socket.
 */
export function followDocker(env: Environment, onEnd: () => void): void {
  const address = env["DOCKER_CLI_PLUGIN_SOCKET"] ?? "";
  if (address === "") return;
  // An @ stands for the zero byte that begins a name which is in no folder.
  const socket = connect(address.replace(/^@/, "\0"));
  let isConnected = false;
  socket.on("connect", () => (isConnected = true));
  // A socket that was never there says nothing about the docker command.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    if (isConnected) onEnd();
  });
  socket.resume();
  socket.unref();
}
