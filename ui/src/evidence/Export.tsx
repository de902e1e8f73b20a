import { type FormEvent, useCallback, useMemo, useState } from "react";
import { send } from "../api/client";
import type { KeptOut, PreviewOut } from "../api/types";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Leaving } from "./Leaving";
import { Packages } from "./Packages";
import { fitting } from "./reviews";
import { usePackages } from "./usePackages";
import { useReviews } from "./useReviews";
import { Contents, What, Whom } from "./WishForm";
import { choiceOf, isWhole, languagesOf, needsOf, newWish, reviewsOf, type Wish } from "./wish";

const PAPERS = ["receipt.txt", "report.pdf"] as const;

/** What leaves, to whom, with what: looked at before anything is made, then made as one file. */
export function Export({ kept, chosen }: { kept: readonly KeptOut[]; chosen: ReadonlySet<string> }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text } = useReason();
  const { jobs, noticed } = usePackages("export", (job) => job.case === caseId);
  const tracks = useMemo(() => kept.map((one) => one.track), [kept]);
  const [wish, setWish] = useState<Wish>(() => newWish(text, chosen.size, kept.length));
  const [seen, setSeen] = useState<PreviewOut | null>(null);
  const { reviews } = useReviews();
  const taken = reviewsOf(wish, reviews);
  const choice = choiceOf(wish, tracks, chosen);
  const change = useCallback((more: Partial<Wish>) => {
    setWish((before) => ({ ...before, ...more }));
    setSeen(null); // what was looked at is not what would leave now
  }, []);
  const asked = { choice, case: caseId, reason: wish.reason };
  const look = useAction(async () => setSeen(await send("post", "/api/exports/preview", {}, asked)));
  const make = useAction(async () => {
    const { recipient, originals, unmasked, mask } = wish;
    const more = { languages: languagesOf(wish), reviews: taken.map((one) => one.job.id) };
    const body = { ...asked, recipient, originals, unmasked, mask, ...more };
    noticed(await send("post", "/api/exports", {}, body));
    setSeen(null);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look.run();
  };
  return (
    <div className="columns">
      <form className="stack" onSubmit={submit} aria-label={t("evidence.export")}>
        <What wish={wish} change={change} kept={tracks.length} chosen={chosen.size} />
        <Whom wish={wish} change={change} />
        <Contents wish={wish} change={change} reviews={fitting(reviews, wish.mask)} />
        <section className="card stack tight">
          <h2>{t("export.step-look")}</h2>
          <p className="muted small">{t("export.look.text")}</p>
          <div className="row">
            <button
              type="submit"
              className={seen ? "" : "primary"}
              disabled={look.busy || !isWhole(wish, choice)}
            >
              {t("export.look")}
            </button>
          </div>
          {look.error ? <Trouble error={look.error} /> : null}
          {seen ? (
            <Leaving
              seen={seen}
              needs={needsOf(
                wish,
                taken.some((one) => one.review.keep.length > 0),
              )}
              wish={wish}
              asked={asked}
              busy={make.busy}
              make={() => make.run()}
            />
          ) : null}
          {make.error ? <Trouble error={make.error} /> : null}
        </section>
      </form>
      <Packages jobs={jobs} papers={PAPERS} />
    </div>
  );
}
