import type { TracedLayer, TraceLine } from "../../../../src/core/what-if/trace.js";
import { Chance } from "./chance.js";
import { atWork, day, hour, isWorkday, Workload, type WorkloadImage } from "./workload.js";

interface BuildHost {
  readonly commitsPerDay: number;
  readonly jobsPerDay: number;
  readonly toolchains: number;
  readonly nightlyJobs: number;
  readonly weeklyJobs: number;
}

const days = 90;

/** An image that gets a new version now and then. */
interface Line {
  readonly repository: string;
  readonly system: { layer: TracedLayer };
  readonly layers: number;
  readonly medianMegabytes: number;
  image: WorkloadImage;
  /** Still used by a few jobs. */
  former: WorkloadImage | null;
}

interface Service {
  readonly repository: string;
  readonly base: Line;
  readonly toolchain: Line;
  readonly medianMegabytes: number;
  dependencies: { readonly layer: TracedLayer; readonly on: WorkloadImage } | null;
  readonly branches: Map<string, WorkloadImage>;
}

/** A build host: an image for each commit, toolchains, nightly and weekly jobs, new bases on Tuesdays. */
function buildHost(
  seed: number,
  { commitsPerDay, jobsPerDay, toolchains, nightlyJobs, weeklyJobs }: BuildHost,
): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const systems = Array.from({ length: 3 }, () => ({ layer: trace.layer(chance.size(75, 0.4)) }));
  const make = (line: Omit<Line, "image" | "former">) =>
    trace.image(line.repository, [
      line.system.layer,
      ...Array.from({ length: line.layers }, () => trace.layer(chance.size(line.medianMegabytes, 0.7))),
    ]);
  const lineOf = (repository: string, layers: number, medianMegabytes: number): Line => {
    const line = { repository, system: chance.pick(systems), layers, medianMegabytes };
    return { ...line, image: make(line), former: null };
  };
  const many = (count: number, name: string, layers: number, megabytes: number) =>
    Array.from({ length: count }, (_, index) =>
      lineOf(`${name}${index}`, layers, megabytes * Math.exp(0.5 * chance.normal())),
    );
  const tools = many(toolchains, "tool", 4, 120);
  const bases = many(3, "runtime", 2, 60);
  const nightly = many(nightlyJobs, "nightly", 4, 200).map((line) => ({ line, at: 1 + 4 * chance.next() }));
  const weekly = many(weeklyJobs, "weekly", 4, 250).map((line) => {
    return { line, weekday: chance.below(7), at: 1 + 20 * chance.next() };
  });
  const services = Array.from({ length: 8 }, (_, index): Service => {
    const [base, toolchain] = [chance.pick(bases), chance.pick(tools)];
    const medianMegabytes = 150 * Math.exp(0.5 * chance.normal());
    return {
      repository: `service${index}`,
      base,
      toolchain,
      medianMegabytes,
      dependencies: null,
      branches: new Map(),
    };
  });
  /** The first of them far more often than the last. */
  const oftenFirst = <T>(from: readonly T[], mean: number): T =>
    from[Math.min(from.length - 1, Math.floor(chance.wait(mean)))] ?? chance.pick(from);

  const renew = (line: Line, at: number) => {
    trace.untag(line.image, at);
    line.former = chance.chance(0.3) ? line.image : null;
    line.image = make(line);
  };
  const commit = (dayNumber: number) => {
    const service = oftenFirst(services, services.length / 3);
    const at = atWork(chance, dayNumber);
    trace.use(service.toolchain.image, at, chance.wait(400));
    const on = service.base.image;
    if (service.dependencies?.on !== on || chance.chance(0.12)) {
      service.dependencies = { layer: trace.layer(chance.size(service.medianMegabytes, 0.2), "built"), on };
    }
    const own = trace.layer(chance.size(18, 0.8), "built");
    const image = trace.image(service.repository, [...on.layers, service.dependencies.layer, own]);
    trace.use(on, at + 420, 30);
    trace.build(image, at + 480, 30);
    let tested = at + 540;
    for (let tests = chance.between(1, 3); tests > 0; tests -= 1) {
      tested += chance.wait(700);
      trace.use(image, tested, chance.wait(300));
    }
    const branch = chance.chance(0.35) ? "main" : `branch${chance.below(12)}`;
    const before = service.branches.get(branch);
    if (before !== undefined) trace.untag(before, at + 480);
    service.branches.set(branch, image);
    if (chance.chance(0.03))
      trace.use(image, atWork(chance, dayNumber + chance.between(1, 6)), chance.wait(900));
  };

  for (let number = 0; number < days; number += 1) {
    if (number % 7 === 1) {
      for (const system of systems) if (chance.chance(0.5)) system.layer = trace.layer(chance.size(75, 0.2));
      for (const line of [...tools, ...bases]) if (chance.chance(0.6)) renew(line, number * day + 6 * hour);
    }
    const activity = isWorkday(number) ? 1 : 0.08;
    for (let jobs = chance.count(jobsPerDay * activity); jobs > 0; jobs -= 1) {
      const { image, former } = oftenFirst(tools, tools.length / 4);
      const used = former !== null && chance.chance(0.05) ? former : image;
      trace.use(used, atWork(chance, number), chance.wait(480));
    }
    for (let commits = chance.count(commitsPerDay * activity); commits > 0; commits -= 1) commit(number);
    for (const { line, at } of nightly)
      if (chance.chance(0.97))
        trace.use(line.image, number * day + at * hour + 1200 * chance.next(), 1500 + chance.wait(1500));
    for (const { line, weekday, at } of weekly)
      if (number % 7 === weekday && chance.chance(0.95))
        trace.use(line.image, number * day + at * hour + 1800 * chance.next(), 1500 + chance.wait(2500));
  }
  return trace.lines;
}

export function ci(seed: number): TraceLine[] {
  return buildHost(seed, {
    commitsPerDay: 50,
    jobsPerDay: 150,
    toolchains: 8,
    nightlyJobs: 10,
    weeklyJobs: 6,
  });
}

/** With hardly any jobs by night. */
export function ciPlain(seed: number): TraceLine[] {
  return buildHost(seed, {
    commitsPerDay: 70,
    jobsPerDay: 220,
    toolchains: 12,
    nightlyJobs: 1,
    weeklyJobs: 1,
  });
}

/** Jobs by night, and by day a stream of images that are used once. */
export function nightlyScan(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const systems = Array.from({ length: 4 }, () => trace.layer(chance.size(80, 0.3)));
  const make = (repository: string, megabytes: number) =>
    trace.image(repository, [
      chance.pick(systems),
      trace.layer(chance.size(megabytes, 0.6)),
      trace.layer(chance.size(megabytes, 0.6)),
    ]);
  const nightly = Array.from({ length: 24 }, (_, index) => {
    return { image: make(`nightly${index}`, 250), at: 6 * chance.next() };
  });
  const weekly = Array.from({ length: 12 }, (_, index) => {
    return { image: make(`weekly${index}`, 300), at: 24 * chance.next(), weekday: chance.below(7) };
  });
  for (let number = 0; number < days; number += 1) {
    for (const { image, at } of nightly)
      if (chance.chance(0.97)) trace.use(image, number * day + at * hour + 900 * chance.next(), 1200);
    for (const { image, at, weekday } of weekly)
      if (number % 7 === weekday) trace.use(image, number * day + at * hour + 900 * chance.next(), 1200);
    for (let uses = chance.count(isWorkday(number) ? 30 : 6); uses > 0; uses -= 1)
      trace.use(make(`once${chance.below(60)}`, 120), atWork(chance, number), chance.wait(900));
  }
  return trace.lines;
}
