import { spawn, type ChildProcessByStdio } from "node:child_process";
import { Agent } from "node:http";
import type { Socket } from "node:net";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { SshEndpoint } from "../locate/endpoint.js";

/** More would wait behind the engine anyway, and sshd refuses who knocks too often at once. */
const mostTunnels = 8;

/**
 * Connections through the system's own ssh, as the docker command makes them: so the user's settings, keys, agents and
 * known hosts all count, and the other side needs the docker command alone. Each is kept for the next request,
 * since it takes a second to make one, and none keeps the process alive.
 */
export class SshTunnels extends Agent {
  readonly #endpoint: SshEndpoint;

  constructor(endpoint: SshEndpoint) {
    super({ keepAlive: true, maxSockets: mostTunnels });
    this.#endpoint = endpoint;
  }

  override createConnection(): Duplex {
    return new SshTunnel(this.#endpoint);
  }
}

/**
 * The arguments of ssh. BatchMode: a question would be answered by nobody. What follows the host is the command over there,
 * which joins its standard streams to the engine's socket.
 */
export function sshArguments({ host, port, user, socketPath }: SshEndpoint): string[] {
  return [
    ...["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=30"],
    ...(user === null ? [] : ["-l", user]),
    ...(port === null ? [] : ["-p", String(port)]),
    ...["--", host, "docker"],
    ...(socketPath === null ? [] : ["--host", shellWord(`unix://${socketPath}`)]),
    ...["system", "dial-stdio"],
  ];
}

/** ssh hands the words to a shell over there, as one line. */
function shellWord(text: string): string {
  return /^[\w/.:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The code of an error of ssh; its message is what ssh said. */
export const sshFailed = "ESSH";

const lastWordsMs = 500;

/** One ssh process as a stream in both directions. */
class SshTunnel extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = "";

  constructor(endpoint: SshEndpoint) {
    super({ allowHalfOpen: false });
    // In a session of its own, an interrupt at the terminal does not reach it: the image in hand is finished first.
    this.#child = spawn("ssh", sshArguments(endpoint), { stdio: ["pipe", "pipe", "pipe"], detached: true });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on("data", (chunk) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stderr.setEncoding("utf8").on("data", (text: string) => (this.#said = (this.#said + text).slice(-2000)));
    // When ssh is gone, its end tells more than a broken pipe.
    stdin.on("error", () => undefined);
    this.#child.on("error", (error: NodeJS.ErrnoException) => {
      this.destroy(failed(error.code === "ENOENT" ? "there is no ssh command" : error.message));
    });
    this.#child.on("exit", (code, signal) => {
      const end = (): void => this.#end(code ?? signal);
      // What it said last may still be under way. A master that it leaves in the background never lets go of stderr.
      const timer = setTimeout(end, lastWordsMs);
      this.#child.on("close", () => {
        clearTimeout(timer);
        end();
      });
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    this.#child.kill();
    done(error);
  }

  /** What an Agent asks of a socket besides: here, ssh and the deadlines of the requests see to it. */
  setKeepAlive(): void {
    return;
  }

  setTimeout(): void {
    return;
  }

  ref(): void {
    for (const handle of this.#handles()) handle.ref();
  }

  /** Nobody waits for it, so the process may end; ssh then reads the end of its input, and ends as well. */
  unref(): void {
    for (const handle of this.#handles()) handle.unref();
  }

  /** The pipes of a child are sockets. */
  #handles(): readonly { ref(): unknown; unref(): unknown }[] {
    const { stdin, stdout, stderr } = this.#child;
    return [this.#child, ...([stdin, stdout, stderr] as readonly unknown[] as readonly Socket[])];
  }

  #end(result: number | NodeJS.Signals | null): void {
    if (result === 0) {
      this.push(null);
      return;
    }
    const said =
      this.#said
        .trim()
        .split(/\s*\n\s*/)
        .at(-1) ?? "";
    const ended =
      typeof result === "number" ? `ssh ended with ${result}` : `ssh was ended by ${String(result)}`;
    this.destroy(failed(said === "" ? ended : `${ended}: ${said.replace(/\.$/, "")}`));
  }
}

function failed(reason: string): Error {
  return Object.assign(new Error(reason), { code: sshFailed });
}
