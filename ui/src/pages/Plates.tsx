import { type FormEvent, useState } from "react";
import { useMay } from "../api/may";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { Followed } from "../plates/Followed";
import { Found } from "../plates/Found";
import { Lists } from "../plates/Lists";
import { usePlayed } from "../play/usePlayed";
import "../style/journey.css";
import "../style/plates.css";

interface Asked {
  plate: string;
  what: "found" | "followed";
  /** Asked for anew, even the same: each is a look of its own. */
  round: number;
}

/** Number plates of a case: searched, shown for a reason, followed, looked for by lists. Nothing of it is in the address. */
export default function Plates() {
  const { t } = useTexts();
  const mayFollow = useMay("journey");
  const [asked, setAsked] = useState<Asked | null>(null);
  const { play, player } = usePlayed();
  const ask = (plate: string, what: Asked["what"]) =>
    setAsked((before) => ({ plate, what, round: (before?.round ?? 0) + 1 }));
  return (
    <div className="page">
      <div className="stack tight">
        <h1>{t("page.plates")}</h1>
        <p className="muted">{t("plates.text")}</p>
      </div>
      <Question ask={ask} mayFollow={mayFollow} />
      {player}
      {asked?.what === "found" ? <Found key={asked.round} plate={asked.plate} play={play} /> : null}
      {asked?.what === "followed" ? <Followed key={asked.round} plate={asked.plate} play={play} /> : null}
      <Lists search={(plate) => ask(plate, "found")} />
    </div>
  );
}

function Question({
  ask,
  mayFollow,
}: {
  ask: (plate: string, what: Asked["what"]) => void;
  mayFollow: boolean;
}) {
  const { t } = useTexts();
  const [plate, setPlate] = useState("");
  const [near, setNear] = useState(false);
  const wanted = near && !/^[~@]/.test(plate.trim()) ? `~${plate.trim()}` : plate.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted) ask(wanted, "found");
  };
  return (
    <form className="card stack tight" onSubmit={submit} autoComplete="off">
      <Field label={t("plates.plate")} help={t("plates.plate.help")}>
        <input
          name="plate"
          required
          maxLength={40}
          spellCheck={false}
          autoCapitalize="characters"
          className="plate"
          value={plate}
          onChange={(event) => setPlate(event.target.value)}
        />
      </Field>
      <label className="row one-line">
        <input
          type="checkbox"
          name="near"
          checked={near}
          onChange={(event) => setNear(event.target.checked)}
        />
        {t("plates.near")}
      </label>
      <div className="row">
        <button type="submit" className="primary">
          {t("plates.search")}
        </button>
        <button
          type="button"
          disabled={!mayFollow || !wanted || wanted.startsWith("@")}
          onClick={() => ask(wanted, "followed")}
        >
          {t("plates.follow")}
        </button>
        {mayFollow ? null : (
          <span className="small muted">{t("journey.may-not", { capability: "journey" })}</span>
        )}
      </div>
    </form>
  );
}
