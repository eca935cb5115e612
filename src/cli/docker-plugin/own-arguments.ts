import type { Environment } from "../../core/text/environment.js";

/** What a command line and an environment come to, once docker's part of them is understood. */
interface OwnArguments {
  readonly argv: readonly string[];
  readonly env: Environment;
}

/** Set by the docker command for the plugins that it runs. */
const originVariable = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND";

/**
 * `docker --context x gc --dry-run` runs `docker-gc --context x gc --dry-run`: what is in front of the word `gc` is
 * docker's, and means to docker-gc what it means there; what is behind it is docker-gc's own. `docker help gc`
 * runs `docker-gc help gc`. Everything else comes back as it is, also a command line that docker-gc was given
 * by another plugin.
 */
export function ownArguments(argv: readonly string[], env: Environment): OwnArguments {
  if ((env[originVariable] ?? "") === "") return { argv: argv[0] === "gc" ? argv.slice(1) : argv, env };
  const rest = [...argv];
  const globals: string[] = [];
  const settings: Record<string, string> = {};
  while (rest[0]?.startsWith("-") === true) {
    const { name, value } = takeGlobal(rest);
    switch (name) {
      case "context":
      case "host":
        globals.push(`--${name}=${value}`);
        break;
      case "config":
        settings["DOCKER_CONFIG"] = value;
        break;
      case "tls":
        if (value === "true") settings["DOCKER_TLS"] = "1";
        break;
      case "tlsverify":
        if (value === "true") settings["DOCKER_TLS_VERIFY"] = "1";
        break;
      case "debug":
      case "log-level":
        break;
      case "tlscacert":
      case "tlscert":
      case "tlskey":
        // Docker knows no variable for these: by the option's own name, which is no name of a variable.
        settings[`--${name}`] = value;
        break;
      default:
        return { argv, env };
    }
  }
  const words = rest.slice(0, 2).join(" ");
  if (rest[0] === "gc") return { argv: [...rest.slice(1), ...globals], env: { ...env, ...settings } };
  return words === "help gc" ? { argv: [...rest.slice(2), "--help"], env } : { argv, env };
}

const letters: Readonly<Record<string, string>> = { c: "context", H: "host", D: "debug", l: "log-level" };
const flags = new Set(["debug", "tls", "tlsverify"]);

/** Takes docker's next option off, with its value: `--host X`, `--host=X`, `-H X`, `-HX`, `-DH X`. */
function takeGlobal(rest: string[]): { name: string; value: string } {
  const typed = rest.shift() ?? "";
  const isLong = typed.startsWith("--");
  const end = isLong ? `${typed}=`.indexOf("=") : 2;
  const spelled = typed.slice(isLong ? 2 : 1, end);
  const name = isLong ? spelled : (letters[spelled] ?? spelled);
  const attached = typed.slice(end).replace(/^=/, "");
  if (!flags.has(name)) return { name, value: attached === "" ? (rest.shift() ?? "") : attached };
  if (isLong) return { name, value: attached === "" ? "true" : attached };
  if (attached !== "") rest.unshift(`-${attached}`);
  return { name, value: "true" };
}
