/** One line of the table. */
export interface Row {
  readonly work: string;
  /** What it is compared with; empty for a figure that stands alone. */
  readonly against: string;
  /** The ratio or the figure, with its unit. */
  readonly figure: string;
  /** Both sides of the ratio, in words. */
  readonly measured: string;
  /** Processors' time of a real engine on both sides, in words; empty where none was asked, or it is not measured. */
  readonly engine: string;
  /** What it should be at most; empty where nothing was asked. */
  readonly atMost: string;
  /** Null where nothing was asked. */
  readonly isReached: boolean | null;
}

interface Ratio {
  readonly work: string;
  readonly against: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: "µs" | "ms" | "MiB";
  /** Milliseconds of the engine's processors, on both sides. */
  readonly engine?: { readonly ours: number; readonly theirs: number };
  readonly atMost?: number;
}

export function ratioRow({ work, against, ours, theirs, unit, engine, atMost }: Ratio): Row {
  const digits = unit === "ms" && theirs > 1000 ? 0 : 1;
  return {
    work,
    against,
    figure: `${(ours / theirs).toFixed(2)} ×`,
    measured: `${ours.toFixed(digits)} / ${theirs.toFixed(digits)} ${unit}`,
    engine: engine === undefined ? "" : `${engine.ours.toFixed(0)} / ${engine.theirs.toFixed(0)} ms`,
    atMost: atMost === undefined ? "" : `${atMost.toFixed(2)} ×`,
    isReached: atMost === undefined ? null : ours / theirs <= atMost,
  };
}

export function printRows(rows: readonly Row[]): void {
  const head = ["work", "against", "ratio", "measured (medians)", "engine's processors", "at most", ""];
  const cells = rows.map(({ work, against, figure, measured, engine, atMost, isReached }) => {
    const verdict = isReached === null ? "" : isReached ? "reached" : "NOT REACHED";
    return [work, against, figure, measured, engine, atMost, verdict];
  });
  for (const line of [head, head.map(() => "---"), ...cells]) console.log(`| ${line.join(" | ")} |`);
}
