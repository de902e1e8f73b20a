import { send } from "../api/client";
import { textOf } from "../cases/form";
import { useTexts } from "../i18n";
import { Checks, Field } from "../parts/Form";
import { StepForm } from "../parts/StepForm";
import type { Invitation } from "./Invitation";

const ROLES = ["operator", "investigator", "approver", "dpo", "auditor", "administrator"] as const;
type Role = (typeof ROLES)[number];

/** Add somebody to a unit; the answer is the invitation with which they choose a password. */
export function AddUser({ units, done }: { units: readonly string[]; done: (made: Invitation) => void }) {
  const { t } = useTexts();
  const act = async (form: FormData) => {
    const name = textOf(form, "name");
    const roles = form.getAll("roles").map(String) as Role[];
    const made = await send("post", "/api/users", {}, { name, unit: textOf(form, "unit"), roles });
    done({ name, ...made.invitation });
  };
  return (
    <StepForm title={t("users.add")} text={t("users.add.text")} act={act} done={() => undefined}>
      <Field label={t("sign-in.name")}>
        <input name="name" required maxLength={200} autoComplete="off" />
      </Field>
      <Field label={t("users.unit")} help={t("users.unit.help")}>
        <input name="unit" required maxLength={200} list="units" autoComplete="off" />
      </Field>
      <datalist id="units">
        {units.map((unit) => (
          <option key={unit}>{unit}</option>
        ))}
      </datalist>
      <div className="wide">
        <Checks legend={t("users.roles")} name="roles" of={ROLES.map((role) => [role, t(`role.${role}`)])} />
      </div>
    </StepForm>
  );
}
