import { useCameras } from "../api/cameras";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { Decided } from "./Masks";
import type { Reviewed } from "./reviews";
import { useGrants, Wider } from "./Wider";
import { LANGUAGES, MASKS, WAYS, type Wish } from "./wish";

interface StepProps {
  wish: Wish;
  change: (more: Partial<Wish>) => void;
}

/** The first step: what is to leave. */
export function What({ wish, change, kept, chosen }: StepProps & { kept: number; chosen: number }) {
  const { t } = useTexts();
  const counts = { basket: kept, chosen, query: 0, time: 0 };
  const none = (way: Wish["way"]) => (way === "basket" || way === "chosen") && counts[way] === 0;
  return (
    <fieldset className="card stack tight step">
      <legend>{t("export.step-what")}</legend>
      {WAYS.map((way) => (
        <label key={way} className="row">
          <input
            type="radio"
            name="way"
            value={way}
            checked={wish.way === way}
            disabled={none(way)}
            onChange={() => change({ way })}
          />
          {t(`export-way.${way}`, { n: counts[way] })}
        </label>
      ))}
      {wish.way === "query" ? (
        <Field label={t("search.query")} help={t("export.query.help")}>
          <input
            required
            maxLength={2000}
            value={wish.where}
            onChange={(e) => change({ where: e.target.value })}
          />
        </Field>
      ) : null}
      {wish.way === "time" ? <Span wish={wish} change={change} /> : null}
    </fieldset>
  );
}

function Span({ wish, change }: StepProps) {
  const { t } = useTexts();
  const cameras = useCameras();
  const toggle = (name: string) => {
    const others = wish.cameras.filter((one) => one !== name);
    change({ cameras: others.length < wish.cameras.length ? others : [...others, name] });
  };
  return (
    <>
      <div className="form-grid">
        <Field label={t("log.start")}>
          <input
            type="datetime-local"
            step={1}
            value={wish.since}
            onChange={(event) => change({ since: event.target.value })}
          />
        </Field>
        <Field label={t("log.end")}>
          <input
            type="datetime-local"
            step={1}
            value={wish.until}
            onChange={(event) => change({ until: event.target.value })}
          />
        </Field>
      </div>
      <fieldset className="checks">
        <legend>{t("export.cameras")}</legend>
        {[...cameras.values()].map((one) => (
          <label key={one.id}>
            <input
              type="checkbox"
              checked={wish.cameras.includes(one.name)}
              onChange={() => toggle(one.name)}
            />
            {one.name}
          </label>
        ))}
      </fieldset>
    </>
  );
}

/** The second step: who receives it, and why. */
export function Whom({ wish, change }: StepProps) {
  const { t } = useTexts();
  return (
    <fieldset className="card stack tight step">
      <legend>{t("export.step-whom")}</legend>
      <Field label={t("export.recipient")} help={t("export.recipient.help")}>
        <input
          required
          maxLength={500}
          value={wish.recipient}
          onChange={(event) => change({ recipient: event.target.value })}
        />
      </Field>
      <Field label={t("export.reason")} help={t("export.reason.help")}>
        <textarea
          required
          rows={2}
          maxLength={4000}
          value={wish.reason}
          onChange={(event) => change({ reason: event.target.value })}
        />
      </Field>
    </fieldset>
  );
}

const ALWAYS = ["copies", "stills", "synopsis", "gallery", "report", "proof"] as const;

/** The third step: what the package holds; what takes a permission of its own says which rule lacks. */
export function Contents({ wish, change, reviews }: StepProps & { reviews: readonly Reviewed[] }) {
  const { t } = useTexts();
  const about = useGrants();
  return (
    <fieldset className="card stack tight step">
      <legend>{t("export.step-contents")}</legend>
      <ul className="small ticks">
        {ALWAYS.map((one) => (
          <li key={one}>{t(`export-holds.${one}`)}</li>
        ))}
      </ul>
      <div className="row">
        <label className="row small">
          {t("export.mask")}
          <select value={wish.mask} onChange={(e) => change({ mask: e.target.value as Wish["mask"] })}>
            {MASKS.map((one) => (
              <option key={one} value={one}>
                {t(`export-mask.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="row small">
          {t("export.languages")}
          <select
            value={wish.languages}
            onChange={(e) => change({ languages: e.target.value as Wish["languages"] })}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one}>
                {t(`export-language.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Wider
        name="originals"
        granted={about("export.original")}
        on={wish.originals}
        change={(originals) => change({ originals })}
      />
      <Wider
        name="unmasked"
        granted={about("view.unmasked")}
        on={wish.unmasked}
        change={(unmasked) => change({ unmasked })}
      />
      <Reviews reviews={reviews} wish={wish} change={change} />
    </fieldset>
  );
}

/** What was decided about the masks of recordings: taken up, unless somebody unticks it. */
function Reviews({ wish, change, reviews }: StepProps & { reviews: readonly Reviewed[] }) {
  const { t } = useTexts();
  if (!reviews.length) return null;
  const toggle = (id: string) => {
    const others = wish.unreviewed.filter((one) => one !== id);
    change({ unreviewed: others.length < wish.unreviewed.length ? others : [...others, id] });
  };
  return (
    <fieldset className="checks">
      <legend>{t("export.reviews")}</legend>
      {reviews.map((one) => (
        <label key={one.job.id}>
          <input
            type="checkbox"
            checked={!wish.unreviewed.includes(one.job.id)}
            onChange={() => toggle(one.job.id)}
          />
          <span>
            {one.job.title}: <Decided one={one} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}
