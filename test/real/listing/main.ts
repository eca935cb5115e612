import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect, isDeepStrictEqual, parseArgs, promisify } from "node:util";
import { usualListing } from "../../../src/run/observe/list.js";
import { readSteadyClock } from "../../../src/run/observe/steady-clock.js";
import { emptyRecord, type EngineRecord } from "../../../src/core/uses/checkpoint.js";
import { ApiEngine } from "../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../src/engine/transport/connection.js";
import { observeAt, shownRecord, sorted } from "../../support/observe-at.js";
import { startRealEngine } from "../../support/real-engine.js";
import { Random } from "../../torture/random.js";
import { Deeds } from "./deeds.js";

const { values } = parseArgs({
  // `restart`: what restarts an engine that is given, for a shell.
  options: {
    steps: { type: "string", default: "300" },
    seed: { type: "string" },
    restart: { type: "string" },
  },
});
const [steps, seed] = [Number(values.steps), Number(values.seed ?? Date.now() % 1_000_000)];
const random = new Random(seed);
const real = await startRealEngine();
const { client } = real;
const deeds = await Deeds.start(client);
const names = [
  "app:latest",
  "app:2",
  "team/tool:1",
  deeds.repository("pulled:1"),
  deeds.repository("pulled:2"),
];
const mostImages = 20;

async function restart(): Promise<void> {
  if (values.restart !== undefined) await promisify(execFile)("sh", ["-c", values.restart]);
  else if (real.owned) await real.restart();
}

/** One thing that somebody does, at random. Says what it was. */
async function act(): Promise<string> {
  const images = await client.listImages();
  const containers = await client.listContainers();
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => !tag.startsWith("<none>"));
  const digests = images.flatMap(({ RepoDigests }) => RepoDigests ?? []);
  const pick = (from: readonly string[]): string => (from.length === 0 ? "nothing:1" : random.pick(from));
  const ids = images.map(({ Id }) => Id);
  const [name, other, id, tag] = [random.pick(names), random.pick(names), pick(ids), pick(tags)];
  const container = pick(containers.map(({ Id }) => Id));
  const [content, version] = [random.below(6), String(random.between(1, 2))];
  const repository = random.pick(["pulled", "pulled", "else"]);
  const nameOrNone = random.chance(0.6) ? name : null;
  const all: Readonly<Record<string, () => Promise<void>>> = {
    [`load ${name} ${content}`]: () => deeds.load([name], content),
    [`load ${name} ${other} ${content}`]: () => deeds.load([name, other], content),
    [`load nameless ${content}`]: () => deeds.load([], content),
    [`load two ${name} ${other} ${content}`]: () => deeds.loadTwo(name, other, content),
    [`load platforms app:2 ${content}`]: () => deeds.loadPlatforms("app:2", content),
    [`save and load ${tag}`]: () => deeds.saveAndLoad(tag),
    [`tag ${id} ${name}`]: () => deeds.tag(id, name),
    [`tag ${id} ${other} `]: () => deeds.tag(id, other),
    [`pull ${repository}:${version} ${content}`]: () => deeds.pull(repository, version, content),
    [`pull other platform ${repository}:${version}`]: () => deeds.pullOtherPlatform(repository, version),
    [`pull again ${repository}:${version}`]: () => deeds.pullAgain(repository, version),
    [`pull by digest ${repository} ${content}`]: () => deeds.pullByDigest(repository, content),
    [`pull pinned ${repository}:${version} ${content}`]: () => deeds.pullPinned(repository, version, content),
    [`pull all ${repository}`]: () => deeds.pullAll(repository),
    [`push ${random.pick(names.slice(3))}`]: () => deeds.push(random.pick(names.slice(3))),
    [`tag ${tag} again`]: () => deeds.tag(tag, tag),
    [`import ${nameOrNone} ${content}`]: () => deeds.import(nameOrNone, content),
    [`commit ${container} ${nameOrNone}`]: () => deeds.commit(container, nameOrNone),
    [`commit ${container} ${tag} `]: () => deeds.commit(container, tag),
    [`build ${tag} ${nameOrNone} ${content}`]: () => deeds.build(1, tag, nameOrNone, content),
    [`buildkit ${tag} ${nameOrNone} ${content}`]: () => deeds.build(2, tag, nameOrNone, content),
    [`buildkit scratch ${name} ${content}`]: () => deeds.build(2, "scratch", name, content),
    [`buildx ${name} ${content}`]: () => deeds.buildx(name, content % 2),
    [`remove name ${tag}`]: () => deeds.remove(tag),
    [`remove digest`]: () => deeds.remove(pick(digests)),
    [`remove ${id}`]: () => deeds.remove(id),
    [`remove ${id.slice(7, 19)}`]: () => deeds.remove(id.slice(7, 19)),
    [`remove without pruning ${id}`]: () => deeds.remove(id, "?noprune=1"),
    [`remove by force ${id}`]: () => deeds.remove(id, "?force=1"),
    [`create ${tag}`]: () => deeds.createContainer(tag),
    [`create ${id}`]: () => deeds.createContainer(id),
    [`end ${container}`]: () => deeds.removeContainer(container),
    [`end ${container} `]: () => deeds.removeContainer(container),
  };
  const rare: typeof all = {
    "prune dangling": () => deeds.prune("dangling"),
    "prune all": () => deeds.prune("all"),
    [`prune label ${content}`]: () => deeds.prune("all", `content=${content}`),
    flood: () => deeds.flood(),
    restart,
  };
  const most: typeof all = {
    [`remove by force ${id}`]: () => deeds.remove(id, "?force=1"),
    [`remove ${id}`]: () => deeds.remove(id),
    [`end ${container}`]: () => deeds.removeContainer(container),
  };
  const from = images.length > mostImages ? most : random.chance(0.06) ? rare : all;
  const [what, deed] = random.pick(Object.entries(from));
  await deed();
  return what;
}

let carried: EngineRecord = emptyRecord;
let listed: EngineRecord = emptyRecord;
const counts = new Map<string, number>();
let broken = 0;
const engineOf = () =>
  new ApiEngine(new Connection({ kind: "unix", socketPath: client.host.slice(7) }), 60_000);
console.log(`seed ${seed}, ${steps} steps${deeds.hasBuildx ? "" : ", without buildx"}`);
try {
  for (let step = 1; step <= steps; step += 1) {
    const done: string[] = [];
    for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left -= 1) done.push(await act());
    // What takes place while a run begins leaves the next one to list all images: here that would be each run.
    await sleep(50);
    const described = await engineOf().describe();
    const [now, nowAtMost, steady] = [described.now(), described.nowAtMost(), readSteadyClock()];
    const moment = { now: () => now, nowAtMost: () => nowAtMost, steady };
    const before = carried;
    const first = await observeAt(moment, { engine: engineOf(), record: carried, listing: usualListing });
    const full = { ...usualListing, asked: "full" } as const;
    const second = await observeAt(moment, { engine: engineOf(), record: listed, listing: full });
    [carried, listed] = [first.record, second.record];
    const kind = first.source.kind === "carried" ? "carried" : `full: ${first.source.because}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const isSame =
      isDeepStrictEqual(shownRecord(carried), shownRecord(listed)) &&
      (carried.listed.base === null ||
        isDeepStrictEqual(sorted(carried.listed.images), sorted(second.record.listed.images)));
    if (kind === "full: count" || process.env["VERBOSE"]) console.log(step, kind, done.join("; "));
    if (isSame) continue;
    broken += 1;
    console.log(`BROKEN at step ${step} (${kind}): ${done.join("; ")}`);
    console.log(await differences(before, carried, listed));
    carried = listed;
  }
} finally {
  deeds.close();
  await real.stop();
}
for (const [what, count] of counts) console.log(`${String(count).padStart(6)}  ${what}`);
console.log(`${broken} of ${steps} records differ; seed ${seed}`);
process.exitCode = broken === 0 ? 0 : 1;

async function differences(before: EngineRecord, one: EngineRecord, other: EngineRecord): Promise<string> {
  const lines: string[] = [];
  for (const what of ["images", "containers", "vanished"] as const)
    lines.push(...different(what, one[what], other[what]));
  lines.push(...different("listed", one.listed.images, other.listed.images));
  const since = before.checkpoint?.anchor?.timeNano ?? 0n;
  const events = (await client.listEvents()).filter(
    ({ type, timeNano }) => type === "image" && timeNano > since,
  );
  return [
    ...lines,
    ...events.map(({ action, id, attributes }) => `  event ${action} ${id} ${attributes["name"]}`),
  ].join("\n");
}

function different(
  what: string,
  one: ReadonlyMap<string, unknown>,
  other: ReadonlyMap<string, unknown>,
): string[] {
  const keys = new Set([...one.keys(), ...other.keys()]);
  return [...keys].flatMap((key) =>
    isDeepStrictEqual(one.get(key), other.get(key))
      ? []
      : [
          `  ${what} ${key}`,
          `    carried ${inspect(one.get(key), { breakLength: Infinity })}`,
          `    listed  ${inspect(other.get(key), { breakLength: Infinity })}`,
        ],
  );
}
