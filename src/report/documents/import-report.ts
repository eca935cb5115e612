import type { Imported } from "../../core/results/imported.js";
import type { RecordedOutcome } from "../../core/uses/recorded-uses.js";
import { imageName } from "../wording/image-name.js";
import { elastic, figure, rigid } from "../layout/columns.js";
import { named, span } from "../layout/line.js";
import { paragraph, table, type Document } from "./document.js";
import { agoText, countText, durationText } from "../wording/quantities.js";

const outcomeTexts: Readonly<Record<RecordedOutcome, string>> = {
  taken: "taken over",
  later: "moved forward",
  known: "use known already",
  "no-use": "no time of a use",
};

export function importDocument(imported: Imported): Document {
  const { images, absent, finishedAt, isNewLedger } = imported;
  const rows = images.map(({ image, outcome, lastUsedAt, idleMs }) => [
    named(imageName(image)),
    span(agoText(lastUsedAt, finishedAt)),
    span(durationText(idleMs)),
    span(outcomeTexts[outcome], outcome === "taken" || outcome === "later" ? "freed" : "faint"),
  ]);
  const columns = [
    elastic("IMAGE", "middle", { preferred: 40, comfortable: 24, least: 12 }),
    figure("LAST USE", null),
    figure("IDLE", null),
    rigid("RESULT", null),
  ];
  return {
    title: "docker-gc import",
    sections: [
      [paragraph([span(headline(imported), "strong")])],
      rows.length === 0 ? [] : [table(columns, rows)],
      [
        ...(absent === 0
          ? []
          : [`${countText(absent, "image")} in the file that this engine does not have.`]),
        ...(isNewLedger ? [] : ["The ledger knew this engine already, so only later uses were taken."]),
      ].map((text) => paragraph(text)),
    ],
  };
}

function headline({ mode, images }: Imported): string {
  const taken = images.filter(({ outcome }) => outcome === "taken" || outcome === "later").length;
  const of = `last use of ${taken} of ${countText(images.length, "image")}`;
  return mode === "dry-run"
    ? `Would take over the ${of}. Dry run: nothing was written.`
    : `Took over the ${of}.`;
}
