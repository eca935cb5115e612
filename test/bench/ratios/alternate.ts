/** Tries everything once without counting it, then `rounds` times one after the other; a sample each per round. */
export async function alternate<Name extends string, Sample>(
  rounds: number,
  attempts: Readonly<Record<Name, () => Promise<Sample>>>,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(attempts) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Sample[]>;
  for (const name of names) await attempts[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) samples[name].push(await attempts[name]());
  }
  return samples;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

export function medianOf<Sample>(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  return median(samples.map(figure));
}
