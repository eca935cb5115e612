import type { TracedLayer, TraceLine } from "../../../../src/core/what-if/trace.js";
import { Chance } from "./chance.js";
import { day, hour, Workload, type WorkloadImage } from "./workload.js";

interface Project {
  readonly repository: string;
  readonly services: readonly WorkloadImage[];
  readonly base: WorkloadImage;
  dependencies: TracedLayer | null;
  last: WorkloadImage | null;
}

/** A developer: projects in turns, many builds, pauses, and now and then something to try out. */
export function laptop(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const systems = Array.from({ length: 3 }, () => trace.layer(chance.size(70, 0.3)));
  const make = (repository: string, megabytes: number, spread: number) =>
    trace.image(repository, [chance.pick(systems), trace.layer(chance.size(megabytes, spread))]);
  const projects = Array.from({ length: 9 }, (_, index): Project => ({
    repository: `project${index}`,
    services: Array.from({ length: chance.between(3, 7) }, () =>
      make(`service${chance.below(25)}`, 120, 0.9),
    ),
    base: make(`base${index}`, 150, 0.4),
    dependencies: null,
    last: null,
  }));

  const work = (project: Project, number: number) => {
    let at = number * day + (8 + 4 * chance.next()) * hour;
    for (const service of project.services)
      if (chance.chance(0.9)) trace.use(service, at + 300 * chance.next(), 3 * hour + chance.wait(2 * hour));
    for (let builds = chance.count(12); builds > 0; builds -= 1) {
      at += chance.wait(1500);
      const { base, repository } = project;
      trace.use(base, at, 20);
      if (project.dependencies === null || chance.chance(0.1))
        project.dependencies = trace.layer(chance.size(180, 0.3), "built");
      const own = trace.layer(chance.size(12, 0.6), "built");
      const image = trace.image(repository, [...base.layers, project.dependencies, own]);
      if (project.last !== null) trace.untag(project.last, at + 30);
      project.last = image;
      trace.build(image, at + 30, 20);
      trace.use(image, at + 60, chance.wait(1500));
    }
  };

  let current = 0;
  let left = 0;
  for (let number = 0; number < 150; number += 1) {
    left -= 1;
    if (left < 0) {
      current = chance.chance(0.5) ? chance.below(3) : chance.below(projects.length);
      left = 1 + Math.floor(chance.wait(4));
    }
    if (chance.chance(0.12)) {
      number += Math.floor(chance.wait(4));
      continue;
    }
    const beside = chance.chance(0.3) ? chance.below(projects.length) : current;
    for (const index of new Set([current, beside])) {
      const project = projects[index];
      if (project !== undefined) work(project, number);
    }
    if (chance.chance(0.5))
      trace.use(
        make(`try${chance.below(40)}`, 150, 0.9),
        number * day + (11 + 6 * chance.next()) * hour,
        chance.wait(900),
      );
  }
  return trace.lines;
}
