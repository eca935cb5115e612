import { isRunning, type StoredContainer } from "./container-store.js";
import { digestOf } from "./layers.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

/** What happens to containers, with the events that Docker 20.10 writes, in its order. */

const noNetwork = digestOf("the network named none").slice("sha256:".length);
const killed = 137;

export function start(state: EngineState, container: StoredContainer): void {
  if (isRunning(container)) throw new Refusal(304, "");
  container.state = "running";
  publishNetwork(state, "connect", container);
  publishContainer(state, "start", container);
}

/** The process ends by itself. */
export function end(state: EngineState, container: StoredContainer, exitCode: number): void {
  container.state = "exited";
  container.exitCode = exitCode;
  publishContainer(state, "die", container, { exitCode: String(exitCode) });
  publishNetwork(state, "disconnect", container);
  if (container.autoRemove) destroy(state, container);
}

export function kill(state: EngineState, container: StoredContainer): void {
  mustRun(container, `Cannot kill container: ${container.name}: `);
  publishContainer(state, "kill", container, { signal: "9" });
  end(state, container, killed);
}

/** Its process ignores SIGTERM, as the first process of a container does. */
export function stop(state: EngineState, container: StoredContainer): void {
  if (!isRunning(container)) throw new Refusal(304, "");
  publishContainer(state, "kill", container, { signal: "15" });
  publishContainer(state, "kill", container, { signal: "9" });
  end(state, container, killed);
  publishContainer(state, "stop", container);
}

export function pause(state: EngineState, container: StoredContainer): void {
  mustRun(container, "");
  if (container.state === "paused") throw new Refusal(409, `Container ${container.id} is already paused`);
  container.state = "paused";
  publishContainer(state, "pause", container);
}

export function unpause(state: EngineState, container: StoredContainer): void {
  if (container.state !== "paused") throw new Refusal(500, `Container ${container.id} is not paused`);
  container.state = "running";
  publishContainer(state, "unpause", container);
}

export function remove(state: EngineState, container: StoredContainer, how: "gently" | "by-force"): void {
  if (isRunning(container)) {
    if (how === "gently") {
      const advice = "Stop the container before attempting removal or force remove";
      throw new Refusal(409, `You cannot remove a ${container.state} container ${container.id}. ${advice}`);
    }
    kill(state, container);
    if (container.autoRemove) return;
  }
  destroy(state, container);
}

/** One run of a health check: three events that are no use of the image. */
export function probe(state: EngineState, container: StoredContainer): void {
  const command = container.healthcheck.join(" ");
  const execID = digestOf(`${container.id} ${state.serial()}`).slice("sha256:".length);
  publishContainer(state, `exec_create: ${command}`, container, { execID });
  publishContainer(state, `exec_start: ${command}`, container, { execID });
  publishContainer(state, "exec_die", container, { execID, exitCode: "0" });
}

export function publishContainer(
  state: EngineState,
  action: string,
  container: StoredContainer,
  attributes: Readonly<Record<string, string>> = {},
): void {
  // Labels are copied over the event's own attributes, and can shadow them; image and name come last.
  const { labels, imageName, name } = container;
  state.publish("container", action, container.id, { ...attributes, ...labels, image: imageName, name });
}

function publishNetwork(state: EngineState, action: string, container: StoredContainer): void {
  state.publish("network", action, noNetwork, { container: container.id, name: "none", type: "null" });
}

function destroy(state: EngineState, container: StoredContainer): void {
  state.containers.delete(container);
  publishContainer(state, "destroy", container);
}

function mustRun(container: StoredContainer, prefix: string): void {
  if (!isRunning(container)) throw new Refusal(409, `${prefix}Container ${container.id} is not running`);
}
