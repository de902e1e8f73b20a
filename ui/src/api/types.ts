import type { components } from "./schema";

type Schemas = components["schemas"];

export type AnswerOut = Schemas["synopticon__web__api__search__AnswerOut"];
export type CameraOut = Schemas["CameraOut"];
export type CaseOut = Schemas["CaseOut"];
export type CoverageOut = Schemas["CoverageOut"];
export type EntryOut = Schemas["EntryOut"];
export type FieldOut = Schemas["FieldOut"];
export type GapOut = Schemas["GapOut"];
export type HeaderOut = Schemas["HeaderOut"];
export type HitOut = Schemas["HitOut"];
export type KeptOut = Schemas["KeptOut"];
export type MarkOut = Schemas["MarkOut"];
export type May = Schemas["May"];
export type NoticeOut = Schemas["NoticeOut"];
export type OpenSessionOut = Schemas["OpenSessionOut"];
export type PreviewOut = Schemas["PreviewOut"];
export type RecordingOut = Schemas["RecordingOut"];
export type RecordingsOut = Schemas["RecordingsOut"];
export type RequestOut = Schemas["RequestOut"];
export type RulesOut = Schemas["RulesOut"];
export type ScopeModel = Schemas["ScopeModel"];
export type SessionOut = Schemas["SessionOut"];
export type UserOut = Schemas["UserOut"];
export type ShotOut = Schemas["ShotOut"];
export type SynopsisOut = Schemas["SynopsisOut"];
export type WorkspaceOut = Schemas["WorkspaceOut"];
