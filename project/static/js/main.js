// Everything here is comfort: each page works without it.
import "./forms.js";
import "./dialogs.js";
import "./drafts.js";
import "./keys.js";
import "./lists.js";
