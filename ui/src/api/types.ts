import type { components } from "./schema";

type Schemas = components["schemas"];

export type AnswerOut = Schemas["synopticon__web__api__search__AnswerOut"];
export type CandidateOut = Schemas["CandidateOut"];
export type CameraOut = Schemas["CameraOut"];
export type CaseOut = Schemas["CaseOut"];
export type ChoiceIn = Schemas["ChoiceIn"];
export type CoverageOut = Schemas["CoverageOut"];
export type DemandFullOut = Schemas["DemandFullOut"];
export type DemandOut = Schemas["DemandOut"];
export type EntryOut = Schemas["EntryOut"];
export type GapOut = Schemas["GapOut"];
export type HeaderOut = Schemas["HeaderOut"];
export type HitOut = Schemas["HitOut"];
export type KeptOut = Schemas["KeptOut"];
export type MarkOut = Schemas["MarkOut"];
export type May = Schemas["May"];
export type PreviewOut = Schemas["PreviewOut"];
export type RecordingOut = Schemas["RecordingOut"];
export type RecordingsOut = Schemas["RecordingsOut"];
export type RequestOut = Schemas["RequestOut"];
export type ScopeModel = Schemas["ScopeModel"];
export type SessionOut = Schemas["SessionOut"];
export type ShotOut = Schemas["ShotOut"];
export type WorkspaceOut = Schemas["WorkspaceOut"];
