import { layerOf } from "../../practice-engine/recipe.js";
import { startPracticeEngine } from "../../practice-engine/server.js";

/**
 * A practice engine in a process of its own, so that its work is not counted as the command's. Arguments: how many
 * images, how many containers, and the API version. Prints its address, and ends with its standard input.
 */
const [images = 200, containers = 0] = process.argv.slice(2, 4).map(Number);
const apiVersion = process.argv[4] ?? "1.43";
const imagesPerBase = 20;

function nameOf(number: number): string {
  return `registry.example/team/app-${number}:1.${number % 7}`;
}

const practice = await startPracticeEngine({ apiVersion });
const { engine } = practice;
for (let number = 0; number < images; number += 1) {
  const base = Math.floor(number / imagesPerBase);
  const layers = [0, 1, 2, 3].map((layer) => layerOf(`base ${base}, layer ${layer}`, 20_000_000));
  engine.pull({ name: nameOf(number), layers, megabytes: 20 + (number % 50) });
}
for (let number = 0; number < containers; number += 1) {
  const id = engine.createContainer(nameOf(number % images));
  if (number % 2 === 0) engine.startContainer(id);
}
console.log(practice.host);
process.stdin.resume();
process.stdin.on("end", () => void practice.close());
