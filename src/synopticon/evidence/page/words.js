
// --- what it says ---------------------------------------------------------------------------------------

const RELEASE = "{release}";
const WORDS = {
  en: {
    title: "Check a signed folder",
    intro: "This page tells whether a folder that somebody gave you is exactly what they signed. It works without a "
      + "network: nothing is sent, nothing is loaded.",
    drop: "Drop the folder here, the whole folder and not the files in it, or",
    choose: "Choose the folder…",
    upload: "Your browser may ask whether to “upload” the files: they stay on this machine.",
    working: "Reading {0}…",
    v_good: "Genuine: unchanged, and signed with the key you were told.",
    v_open: "Unchanged, but you have not yet checked who signed it.",
    v_open_more: "Compare the fingerprint below with the one that the sender told you.",
    v_key: "Signed with ANOTHER key. Do not rely on it.",
    v_key_more: "Nothing was changed after signing, but it was not signed with the key you were told. Check your typing; "
      + "else ask the person who told you the fingerprint.",
    v_bad: "This folder is NOT as it was signed. Do not rely on it.",
    v_both: "Signed with ANOTHER key, and NOT as it was signed. Do not rely on it.",
    v_list: "The signed list of the files does not hold, so nothing here can be relied on.",
    v_newer: "Nothing was checked: this folder needs the page of a newer version.",
    v_lost: "Nothing here can be checked: manifest.json is missing.",
    v_lost_more: "It is the signed list of all the files.",
    v_none: "This is not a signed folder.",
    v_none_more: "Choose the folder that holds verify.html and manifest.json.",
    v_inner: "These signed folders lie in it; choose one:",
    keep: "Keep this copy; ask the sender for a new one.",
    changed_one: "{0} of {1} files was changed after signing.", changed_many: "{0} of {1} files were changed after signing.",
    missing_one: "{0} of {1} files is missing.", missing_many: "{0} of {1} files are missing.",
    added_one: "{0} file was added or renamed.", added_many: "{0} files were added or renamed.",
    rest_one: "The other {0} is as signed.", rest_many: "The other {0} are as signed.",
    signer: "Who signed it?",
    compare: "This is the fingerprint: a short number that identifies the signer's key. Compare it with the one you got "
      + "elsewhere (on paper, by telephone, from their website): a folder cannot vouch for itself.",
    given: "Type or paste the fingerprint that you got elsewhere, not from this folder:",
    part: "Matches so far, {0} of {1}.", differ: "Differs at digit {0}.",
    long: "Longer than a fingerprint: {0} digits, not {1}.",
    match: "The key is the one you were told.", match_bad: "But the folder is not as it was signed.",
    facts: "What the folder says about itself", trust: "Signed, but only as trustworthy as the signer.",
    kind: "What", recipient: "For", by: "From", made: "Made (by the sender's clock)", mark: "Mark", reason: "Reason",
    case: "Case",
    holds: "What is in it",
    g_original: "Original recordings: {0}", g_part_one: "(an excerpt)", g_part: "({0} of them excerpts)",
    g_edited: "Edited copies, not the original: {0}", g_still: "Still pictures out of edited copies: {0}",
    g_clear: "Edited copies in which some people are NOT masked: {0}",
    g_composite_one: "Composite, not a real moment: the synopsis ({0} file)",
    g_composite_many: "Composite, not a real moment: the synopsis ({0} files)",
    g_other: "Papers, and what is needed to check: {0}",
    proved: "What is proved", open: "What is not proved", remarks: "Remarks", files: "The files, one by one",
    file: "File", size: "Bytes", details: "Details",
    proof_files: "All {0} files ({1} bytes) are exactly what the holder of this key signed. None is missing, none was "
      + "added.",
    proof_act: "The making of this folder is recorded in the sender's log of acts (no. {0}).",
    proof_one: "So is one earlier step (no. {0}).", proof_one_case: "So is one earlier step of this case (no. {0}).",
    proof_many: "So are {0} earlier steps (from no. {1} to no. {2}).",
    proof_many_case: "So are {0} earlier steps of this case (from no. {1} to no. {2}).",
    proof_seen: "Others signed the first {0} entries of that log, too: {1}.",
    open_key: "Who holds the key: compare the fingerprint above.",
    open_key_same: "Who holds the key: that rests on how you got the fingerprint.",
    open_true: "That what the recordings show is true, or that they were whole before they came into this folder.",
    open_time: "That the clocks were right: times are those of the machines that wrote them.",
    open_date: "The date: only the sender's own clock says so. No independent party confirmed it, and the sender could "
      + "write that log anew.",
    open_log: "The date: only the sender's own clock says so. The others signed that log before this was written into "
      + "it; the sender could write anew what came after.",
    d_log: "Log of acts", d_size: "Its entries when this was signed", d_entry: "No. {0}", d_seen: "Also signed by",
    d_key: "Signer's public key", d_program: "Made with version", d_page: "SHA-256 of the page in the folder",
    release: "Page of version {0}",
    own: "SHA-256 of this page. Each version has its own page and its own number: it stands in the documentation of that "
      + "version, docs/packages.md; or ask the sender. Somebody may put a false page into a folder: compare the "
      + "number, or use a copy of this page from elsewhere.",
    page_other: "The page verify.html in this folder is of version {0}, this one of version {1}: each version has its own "
      + "page, with its own number. Rely on this one. To check the other, look up its number (under “Details”) in the "
      + "documentation of version {0}, docs/packages.md, or ask the sender.",
    page_same: "The page verify.html in this folder is not this page, though both say that they are of version {1}. One of "
      + "the two is not the published one: look up both numbers (under “Details”, and at the foot) in the documentation "
      + "of that version, docs/packages.md, or ask the sender.",
    missing: "is missing", added: "does not belong to the folder: it was added, or renamed",
    changed: "was changed", sized: "was changed: it has {0} bytes, not {1}", twice: "is there twice",
    canonical: "was changed: it is not written as it must be", says: "does not say what it must: it was changed",
    other: "is of something else: this is no signed folder of Synopticon",
    newer: "the folder is of version {0}, newer than this page: use the page of a newer release; nothing was checked",
    seal: "does not belong to this folder: one of the two was changed", note: "was changed: it is no signed text",
    signature: "the signature of {0} does not fit: something signed was changed", large: "is larger than any such file",
    proof: "a proof does not lead to the signed state of the log", payload: "entry {0}: what it says was changed",
    act: "entry {0} is of another act than this folder", unreadable: "cannot be read by this browser",
    litter: "put there by an operating system; no part of what was signed",
    failed: "The browser does not let this page read what you dropped. Use the button “Choose the folder”.",
  },
  fr: {
    title: "Vérifier un dossier signé",
    intro: "Cette page dit si un dossier qu'on vous a remis est exactement ce qui a été signé. Elle fonctionne sans "
      + "réseau : rien n'est envoyé, rien n'est chargé.",
    drop: "Déposez ici le dossier entier, et non les fichiers qu'il contient, ou",
    choose: "Choisissez le dossier…",
    upload: "Le navigateur peut demander s'il faut « envoyer » les fichiers : ils restent sur cette machine.",
    working: "Lecture de {0}…",
    v_good: "Authentique : inchangé, et signé avec la clé qu'on vous a indiquée.",
    v_open: "Inchangé, mais vous n'avez pas encore vérifié qui l'a signé.",
    v_open_more: "Comparez l'empreinte ci-dessous à celle que l'expéditeur vous a indiquée.",
    v_key: "Signé avec une AUTRE clé. Ne vous y fiez pas.",
    v_key_more: "Rien n'a été modifié après la signature, mais la clé n'est pas celle qu'on vous a indiquée. Vérifiez "
      + "votre saisie ; sinon, demandez à la personne qui vous a donné l'empreinte.",
    v_bad: "Ce dossier N'EST PAS tel qu'il a été signé. Ne vous y fiez pas.",
    v_both: "Signé avec une AUTRE clé, et PAS tel qu'il a été signé. Ne vous y fiez pas.",
    v_list: "La liste signée des fichiers n'est pas valable : rien ici n'est fiable.",
    v_newer: "Rien n'a été vérifié : il faut pour ce dossier la page d'une version plus récente.",
    v_lost: "Rien ici ne peut être vérifié : manifest.json manque.",
    v_lost_more: "C'est la liste signée de tous les fichiers.",
    v_none: "Ce n'est pas un dossier signé.",
    v_none_more: "Choisissez le dossier qui contient verify.html et manifest.json.",
    v_inner: "Il contient ces dossiers signés ; choisissez-en un :",
    keep: "Gardez cette copie ; demandez-en une nouvelle à l'expéditeur.",
    changed_one: "{0} fichier sur {1} a été modifié après la signature.",
    changed_many: "{0} fichiers sur {1} ont été modifiés après la signature.",
    missing_one: "{0} fichier sur {1} manque.", missing_many: "{0} fichiers sur {1} manquent.",
    added_one: "{0} fichier a été ajouté ou renommé.", added_many: "{0} fichiers ont été ajoutés ou renommés.",
    rest_one: "L'autre ({0}) est tel que signé.", rest_many: "Les {0} autres sont tels que signés.",
    signer: "Qui l'a signé ?",
    compare: "Voici l'empreinte : un nombre court qui identifie la clé du signataire. Comparez-la à celle que vous avez "
      + "reçue par ailleurs (sur papier, par téléphone, sur leur site) : un dossier ne peut pas se porter garant de "
      + "lui-même.",
    given: "Tapez ou collez l'empreinte reçue par ailleurs, et non trouvée dans ce dossier :",
    part: "Identique jusqu'ici, {0} sur {1}.", differ: "Diffère au chiffre {0}.",
    long: "Plus long qu'une empreinte : {0} chiffres au lieu de {1}.",
    match: "La clé est celle qu'on vous a indiquée.", match_bad: "Mais le dossier n'est pas tel qu'il a été signé.",
    facts: "Ce que le dossier dit de lui-même", trust: "Signé, mais fiable seulement autant que le signataire.",
    kind: "Objet", recipient: "Pour", by: "De", made: "Fait le (horloge de l'expéditeur)", mark: "Mention",
    reason: "Motif", case: "Affaire",
    holds: "Ce qu'il contient",
    g_original: "Enregistrements originaux : {0}", g_part_one: "(un extrait)", g_part: "(dont {0} extraits)",
    g_edited: "Copies modifiées, pas l'original : {0}", g_still: "Images fixes tirées de copies modifiées : {0}",
    g_clear: "Copies modifiées où certaines personnes NE SONT PAS masquées : {0}",
    g_composite_one: "Montage, pas un moment réel : le synopsis ({0} fichier)",
    g_composite_many: "Montage, pas un moment réel : le synopsis ({0} fichiers)",
    g_other: "Documents, et ce qu'il faut pour vérifier : {0}",
    proved: "Ce qui est prouvé", open: "Ce qui n'est pas prouvé", remarks: "Remarques",
    files: "Les fichiers, un par un", file: "Fichier", size: "Octets", details: "Détails",
    proof_files: "Les {0} fichiers ({1} octets) sont exactement ce que le détenteur de cette clé a signé. Aucun ne manque, "
      + "aucun n'a été ajouté.",
    proof_act: "La création de ce dossier est inscrite au journal des actes de l'expéditeur (n° {0}).",
    proof_one: "Un acte antérieur l'est aussi (n° {0}).",
    proof_one_case: "Un acte antérieur de cette affaire l'est aussi (n° {0}).",
    proof_many: "{0} actes antérieurs le sont aussi (du n° {1} au n° {2}).",
    proof_many_case: "{0} actes antérieurs de cette affaire le sont aussi (du n° {1} au n° {2}).",
    proof_seen: "D'autres ont signé aussi les {0} premières inscriptions de ce journal : {1}.",
    open_key: "Qui détient la clé : comparez l'empreinte ci-dessus.",
    open_key_same: "Qui détient la clé : cela dépend de la façon dont vous avez reçu l'empreinte.",
    open_true: "Que ce que montrent les enregistrements est vrai, ou qu'ils étaient intacts avant d'entrer ici.",
    open_time: "Que les horloges étaient justes : les heures sont celles des machines qui les ont écrites.",
    open_date: "La date : seule l'horloge de l'expéditeur l'indique. Aucun tiers indépendant ne l'a confirmée, et "
      + "l'expéditeur pourrait réécrire ce journal.",
    open_log: "La date : seule l'horloge de l'expéditeur l'indique. Les autres ont signé ce journal avant cette "
      + "inscription ; l'expéditeur pourrait réécrire la suite.",
    d_log: "Journal des actes", d_size: "Ses inscriptions lors de la signature", d_entry: "N° {0}",
    d_seen: "Signé aussi par", d_key: "Clé publique du signataire", d_program: "Fait avec la version",
    d_page: "SHA-256 de la page du dossier",
    release: "Page de la version {0}",
    own: "SHA-256 de cette page. Chaque version a sa page et son nombre : il figure dans la documentation de cette "
      + "version, docs/packages.md ; ou demandez à l'expéditeur. On peut glisser une fausse page dans un dossier : "
      + "comparez ce nombre, ou utilisez une copie de cette page venue d'ailleurs.",
    page_other: "La page verify.html de ce dossier est de la version {0}, celle-ci de la version {1} : chaque version a sa "
      + "page et son nombre. Fiez-vous à celle-ci. Pour vérifier l'autre, cherchez son nombre (sous « Détails ») dans la "
      + "documentation de la version {0}, docs/packages.md, ou demandez à l'expéditeur.",
    page_same: "La page verify.html de ce dossier n'est pas celle-ci, bien que toutes deux se disent de la version {1}. "
      + "L'une des deux n'est pas celle qui est publiée : cherchez les deux nombres (sous « Détails », et en bas) dans la "
      + "documentation de cette version, docs/packages.md, ou demandez à l'expéditeur.",
    missing: "manque", added: "ne fait pas partie du dossier : ajouté ou renommé", changed: "a été modifié",
    sized: "a été modifié : {0} octets au lieu de {1}", twice: "s'y trouve deux fois",
    canonical: "a été modifié : ce n'est pas l'écriture attendue", says: "ne dit pas ce qu'il doit : il a été modifié",
    other: "concerne autre chose : ce n'est pas un dossier signé par Synopticon",
    newer: "le dossier est de version {0}, plus récente que cette page : prenez la page d'une version plus récente ; "
      + "rien n'a été vérifié",
    seal: "ne va pas avec ce dossier : l'un des deux a été modifié", note: "a été modifié : ce n'est pas un texte signé",
    signature: "la signature de {0} ne convient pas : ce qui était signé a été modifié",
    large: "est plus gros qu'un tel fichier ne peut l'être",
    proof: "une preuve ne mène pas à l'état signé du journal", payload: "inscription {0} : son contenu a été modifié",
    act: "l'inscription {0} concerne un autre acte que ce dossier", unreadable: "ne peut être lu par ce navigateur",
    litter: "mis là par un système d'exploitation ; ne fait pas partie de ce qui a été signé",
    failed: "Le navigateur ne laisse pas cette page lire ce que vous avez déposé. Utilisez le bouton « Choisissez ».",
  },
};

// What manifests say in fixed terms (evidence/format.py), in plain words. Other terms are shown as they were signed.
const SAID = {
  en: {
    handover: "recordings handed over", export: "evidence exported from a case",
    request: "answer to a person who was filmed",
    "original recording, every byte as it was": "original recording, complete and unchanged",
    "part of an original recording: whole groups of pictures, every packet as it was":
      "excerpt, cut out of the original without re-encoding",
    "original recording, whole, since it cannot be cut without a change":
      "original recording, whole, since it cannot be cut without re-encoding",
    "entries of the log of acts, with their proofs": "excerpt of the sender's log of acts, with its proofs",
    "working copy, MASKED, not the recording: every picture was encoded anew":
      "edited copy, masked and re-encoded; not the original",
    "working copy, some people UNMASKED, not the recording: every picture was encoded anew":
      "edited copy, some people NOT masked, re-encoded; not the original",
    "synopsis, SYNTHETIC: objects of different times in one picture, not the record of any moment":
      "synopsis, a composite: objects of different times in one picture; not the record of any moment",
    "belongs to the synopsis beside it, which is SYNTHETIC": "belongs to the synopsis, which is a composite",
    "still picture out of the working copy": "still picture out of an edited copy",
    "appearance gallery: one picture for each track; nothing was compared":
      "gallery: one picture of each person or object; nothing was compared",
    "page that checks this package in a browser, offline": "the page that checks this folder",
    "video: the person who asks is clear, everybody else is filled whole":
      "edited video: the person who asks is clear, everybody else is covered",
    "consultations, comparisons and disclosures that touched their tracks":
      "list: who looked at, compared or passed on recordings of that person",
  },
  fr: {
    handover: "enregistrements remis", export: "pièces extraites d'une affaire",
    request: "réponse à une personne filmée",
    "made outside any case; not evidence": "fait hors de toute affaire ; n'est pas une preuve",
    "original recording, every byte as it was": "enregistrement original, complet et inchangé",
    "part of an original recording: whole groups of pictures, every packet as it was":
      "extrait, découpé dans l'original sans réencodage",
    "original recording, whole, since it cannot be cut without a change":
      "enregistrement original, entier, faute de pouvoir le découper sans réencodage",
    "receipt: who received what, when and from whom": "reçu : qui a reçu quoi, quand et de qui",
    "entries of the log of acts, with their proofs": "extrait du journal des actes de l'expéditeur, avec ses preuves",
    "working copy, MASKED, not the recording: every picture was encoded anew":
      "copie modifiée, masquée et réencodée ; pas l'original",
    "working copy, some people UNMASKED, not the recording: every picture was encoded anew":
      "copie modifiée, certaines personnes NON masquées, réencodée ; pas l'original",
    "synopsis, SYNTHETIC: objects of different times in one picture, not the record of any moment":
      "synopsis, un montage : objets de moments différents dans une même image ; ne montre aucun moment réel",
    "belongs to the synopsis beside it, which is SYNTHETIC": "fait partie du synopsis, qui est un montage",
    "still picture out of the working copy": "image fixe tirée d'une copie modifiée",
    "report: case, scope, coverage, searches, decisions; its blank fields are for a person":
      "rapport : affaire, périmètre, couverture, recherches, décisions ; les champs vides sont à remplir à la main",
    "appearance gallery: one picture for each track; nothing was compared":
      "galerie : une image de chaque personne ou objet ; rien n'a été comparé",
    "page that checks this package in a browser, offline": "la page qui vérifie ce dossier",
    "letter: the answer, its reasons, and what can be done about it": "lettre : la réponse, ses motifs et les recours",
    "video: the person who asks is clear, everybody else is filled whole":
      "vidéo modifiée : la personne qui demande est visible, toutes les autres sont couvertes",
    "consultations, comparisons and disclosures that touched their tracks":
      "liste : qui a consulté, comparé ou transmis des enregistrements de cette personne",
    "certificate of destruction: what is proved, and what is not":
      "certificat de destruction : ce qui est prouvé, et ce qui ne l'est pas",
  },
};

// What kind of file a role is of: the first that fits.
const GROUPS = [
  ["original", /^(original recording, |part of an original recording: )/],
  ["clear", /^working copy, some people UNMASKED/], ["edited", /^(working copy, |video: )/], ["still", /^still picture/],
  ["composite", /^(synopsis, SYNTHETIC|belongs to the synopsis)/], ["other", /^/],
];
