import type { TracedLayer, TraceLine } from "../../../../src/core/what-if/trace.js";
import { Chance } from "./chance.js";
import { atWork, day, hour, isWorkday, Workload, type WorkloadImage } from "./workload.js";

/** Release trains: versions in staging and production, ways back, and a night in which the last six are upgraded from. */
export function releases(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const system = trace.layer(80e6);
  const trains = Array.from({ length: 6 }, (_, index) => {
    const versions: WorkloadImage[] = [];
    const medianMegabytes = 250 * Math.exp(0.4 * chance.normal());
    return { repository: `release${index}`, versions, medianMegabytes, dependencies: trace.layer(0) };
  });
  for (let number = 0; number < 120; number += 1) {
    for (const [index, train] of trains.entries()) {
      const { repository, versions, medianMegabytes } = train;
      if (number % 7 === index % 5) {
        if (versions.length % 4 === 0) train.dependencies = trace.layer(chance.size(medianMegabytes, 0.2));
        versions.push(
          trace.image(repository, [system, train.dependencies, trace.layer(chance.size(60, 0.5))]),
        );
      }
      const use = (back: number, at: number, seconds: number) => {
        const version = versions[Math.max(0, versions.length - 1 - back)];
        if (version !== undefined) trace.use(version, at, seconds);
      };
      if (isWorkday(number))
        for (let uses = chance.count(5); uses > 0; uses -= 1)
          use(0, atWork(chance, number), chance.wait(1800));
      if (chance.chance(0.7)) use(1, atWork(chance, number), chance.wait(hour));
      if (chance.chance(0.04)) use(2, atWork(chance, number), chance.wait(hour));
      if (number % 7 === 6)
        for (let back = 0; back < 6; back += 1) use(back, number * day + 3 * hour + back * 900, 1200);
    }
  }
  return trace.lines;
}

/** A device far away: apps that are updated every month and sometimes taken back for days, and a few helpers. */
export function edge(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const system = trace.layer(60e6);
  const tools = Array.from({ length: 4 }, (_, index) =>
    trace.image(`tool${index}`, [system, trace.layer(chance.size(90, 0.5))]),
  );
  const apps = Array.from({ length: 3 }, (_, index) => {
    const versions: WorkloadImage[] = [];
    return { repository: `app${index}`, versions, shift: chance.below(30), age: 0, failsAfter: Infinity };
  });
  const dependencies = new Map<string, TracedLayer>();
  const useTool = (index: number, at: number) => {
    const tool = tools[index];
    if (tool !== undefined) trace.use(tool, at, 600);
  };
  for (let number = 0; number < 540; number += 1) {
    for (const app of apps) {
      const { repository, versions } = app;
      if (versions.length === 0 || (number + app.shift) % 30 === 0) {
        const kept = chance.chance(0.3) ? undefined : dependencies.get(repository);
        const below = kept ?? trace.layer(chance.size(200, 0.2));
        dependencies.set(repository, below);
        versions.push(trace.image(repository, [system, below, trace.layer(chance.size(70, 0.4))]));
        app.failsAfter = chance.chance(0.25) ? chance.between(1, 3) : Infinity;
        app.age = 0;
      }
      app.age += 1;
      const isTakenBack = app.age > app.failsAfter && app.age <= app.failsAfter + 6;
      const used = (isTakenBack ? versions.at(-2) : undefined) ?? versions.at(-1);
      if (used !== undefined) trace.use(used, number * day + 4 * hour + 60 * chance.next(), 20 * hour);
    }
    if (number % 7 === 0) useTool(0, number * day + 2 * hour);
    if (number % 30 === 3) useTool(1, number * day + 2 * hour);
    if (chance.chance(0.02)) useTool(chance.between(2, 3), number * day + 9 * hour);
  }
  return trace.lines;
}

/** A node of a cluster: deployments that move to and fro, jobs by the clock, a new version every week or so. */
export function kube(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const days = 90;
  const systems = Array.from({ length: 5 }, () => trace.layer(chance.size(70, 0.4)));
  const versionOf = (repository: string, below: readonly TracedLayer[]) =>
    trace.image(repository, [...below, trace.layer(chance.size(40, 0.7))]);
  const deployments = Array.from({ length: 45 }, (_, index) => {
    const [repository, system] = [`deployment${index}`, chance.pick(systems)];
    const dependencies = trace.layer(chance.size(160, 0.6));
    const life = 1 + chance.wait(9);
    return {
      repository,
      system,
      dependencies,
      image: versionOf(repository, [system, dependencies]),
      former: null as WorkloadImage | null,
      startsPerDay: 0.25 * Math.exp(chance.normal()),
      life,
      left: chance.wait(life),
    };
  });
  for (let number = 0; number < days; number += 1) {
    for (const deployment of deployments) {
      deployment.left -= 1;
      if (deployment.left <= 0) {
        if (chance.chance(0.25)) deployment.dependencies = trace.layer(chance.size(160, 0.6));
        deployment.former = deployment.image;
        deployment.image = versionOf(deployment.repository, [deployment.system, deployment.dependencies]);
        deployment.left = chance.wait(deployment.life);
        if (chance.chance(0.5)) trace.use(deployment.image, atWork(chance, number), chance.wait(18 * hour));
      }
      const { former, image, startsPerDay } = deployment;
      for (let starts = chance.count(startsPerDay); starts > 0; starts -= 1) {
        const used = former !== null && chance.chance(0.04) ? former : image;
        trace.use(used, (number + chance.next()) * day, chance.wait(10 * hour));
      }
    }
  }
  for (let index = 0; index < 14; index += 1) {
    const image = trace.image(`job${index}`, [chance.pick(systems), trace.layer(chance.size(120, 0.7))]);
    const every = chance.pick([1, 6, 12, 24, 24, 168]) * hour;
    for (let at = chance.next() * every; at < days * day; at += every)
      trace.use(image, at + 120 * chance.next(), 300);
  }
  return trace.lines;
}
