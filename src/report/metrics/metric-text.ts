/** Metrics of one name, as Prometheus' text format has them. */
export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge";
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A number stands for one sample without labels, and null for none. */
export function gauge(
  name: string,
  help: string,
  value: readonly MetricSample[] | number | null,
): MetricFamily {
  return { name, type: "gauge", help, samples: samplesIn(value) };
}

/** Likewise. */
export function counter(name: string, help: string, value: readonly MetricSample[] | number): MetricFamily {
  return { name, type: "counter", help, samples: samplesIn(value) };
}

function samplesIn(value: readonly MetricSample[] | number | null): readonly MetricSample[] {
  if (value === null) return [];
  return typeof value === "number" ? [{ value }] : value;
}

/**
 * Prometheus' text format, version 0.0.4. A family without samples is left out: what is not known now has no value.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricText(families: readonly MetricFamily[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
      ...samples.map((sample) => `${name}${labelText(sample.labels ?? {})} ${sample.value}`),
    ]);
  return `${lines.join("\n")}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** An engine's text is data: it must not begin another line, or end its quotes. */
function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
