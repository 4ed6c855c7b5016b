/**
 * Every wait, threshold and cap of the agent, each with its reason.
 *
 * PACE is 1. Only a build for tests sets it from the page (`window.__snagPace`), so that waits for a verdict are shorter there.
 */

// --- what became of a click
/** Two seconds leave room for slow devices; one is where the flow of thought breaks (Nielsen 1993). Also the reported threshold. */
export const SETTLE_MS = 2000 * PACE;
/** A change that has not stood long enough may delay the verdict, but no longer than this. */
export const LONGEST_SETTLE_MS = 6000 * PACE;
export const TICK_MS = 100 * PACE;
/** A blocked page gets its chance first: a tick comes each 100 ms of a page that is not blocked. */
export const LOOKS = 12;
/** Animations are looked for in the first ticks only: asking for them is dear. */
export const ANIMATION_LOOKS = 8;
/** A finger that moves further is scrolling or dragging. */
export const MOVED_PX = 10;
/** No hand is quicker; looking at the surroundings is the dearest part of a click. */
export const HAND_MS = 60;
/** A press without a click is forgotten. */
export const PRESS_MS = 1000;
/** Too fresh for a verdict when the page is left. */
export const FRESH_MS = 500;
/** Two clicks as near as this were meant for the same thing. */
export const NEAR_PX = 30;
/** Clicks within one card of at most this size were meant for the same thing. */
export const CARD_AREA_PX = 120_000;
/** Changes are watched so long after an activation, whatever they cost. */
export const WATCH_MS = 3000 * PACE;
/** Nobody waits longer for an answer. */
export const GIVEN_UP_MS = 30_000;
/** By then an activation has been judged by everybody, and its elements are let go. */
export const RELEASE_MS = GIVEN_UP_MS + 1000;

// --- causes
/** What a click set going so long ago is no longer its answer. */
export const CAUSE_MS = 30_000;
/** What an action puts off for longer is no part of its answer. */
export const LONGEST_DELAY_MS = 10_000;
/** A response's body is parsed and drawn after it has been read. */
export const DRAW_MS = 500;
/** A response whose body nobody reads is drawn, if at all, at once. */
export const UNREAD_DRAW_MS = 150;
/** What an activation set going may show its result a little after it has run. */
export const AFTER_MS = 1000;
/** A page that is left ends its requests too: those never get to a timer. */
export const LEFT_MS = 100;
/** A rejection is reported in a task of its own, a moment after the code that caused it. */
export const REJECTED_MS = 50;
/** What follows an activation so soon is taken for its doing. */
export const AT_ONCE_MS = 150;
/** Frames that an animation asks for go on for ever; those of an answer come at once. */
export const FRAMES_MS = 1000;
/** Messages that come more often than this answer nobody. */
export const FEED_MS = 1000;
/** A message sent is answered by then, or will not be. */
export const MESSAGE_MS = 10_000;

// --- changes of the document
/** Ripples and flashes are over by then (600 ms is the longest customary), a "Copied" is not. */
export const HOLD_MS = 700 * PACE;
/** A late change without known cause may be a clock's first stroke: wait for the next ones. */
export const WEAK_MS = 2900 * PACE;
/** From press to handling on a slow machine. */
export const HANDLED_MS = 500;
export const MOST_CHANGES = 200;
export const MOST_NODES = 20;
/** What is drawn anew is compared so far: a month of dates has 10,000 characters, a page of a grid 100,000. */
export const MOST_HTML = 300_000;
/** Between activations: this many records in a window of 2 s at most, then the observer rests till the next. */
export const QUIET_RECORDS = 150;
export const WINDOW_MS = 2000;
export const MOST_ROOTS = 400;
/** The visitor's own typing and scrolling changes the page for so long. */
export const OWN_MS = 1000;
/** Scrolling that follows the visitor's own input within this is the visitor's. */
export const STILL_MS = 400;
/** Five changes within this, up to now: a place that never rests. */
export const RESTLESS_MS = 1500;
export const REMEMBERED_MS = 30_000;
/** What one script writes in one go is one change. */
export const ONE_GO_MS = 40;
/** Style rules that are compared for one attribute. */
export const MOST_RULES = 20_000;
/** A canvas of a tenth of the window is what the page is about, no decoration. */
export const STAGE_SHARE = 0.1;
/** A call that asks the visitor (a file, a permission) shows its dialog unless it is turned down at once. */
export const DIALOG_MS = 300;

// --- signals
/** Datadog, PostHog and Boomerang agree on three in a second; we ask for the gap, so that slow anger counts. */
export const RAGE_GAP_MS = 1000;
export const RAGE_CLICKS = 3;
/** Two and three clicks select words and lines. */
export const RAGE_CLICKS_ON_TEXT = 5;
export const MOST_BURSTS = 9;
/** The page was blocked so long before it heard of the click: that is no answer. */
export const BLOCKED_MS = 1000;
/** Longer than this the machine slept. */
export const ASLEEP_MS = 60_000;
/** A visitor who leaves sooner has not waited for an answer. */
export const WAITED_MS = 1000 * PACE;
/** What is chosen already has nothing to change when it is clicked again. */
export const CHOSEN_MS = 5000;
/** What a request or a timer of the click brings is drawn by then, and believed. */
export const BELIEVED_MS = 1500 * PACE;
/** Three times what interrupts the flow of thought. */
export const SLOW_MS = 3000;
/** How long a document may take to come. */
export const HANDOVER_MS = 120_000;
/** Nobody reads a page in less. */
export const QUICK_BACK_MS = 5000;
/** Left sooner, and not by the visitor's hand: a redirect. */
export const REDIRECT_MS = 300;
/** A single-page app changes the address first and its data-snag-page some renderings later. */
export const VIEW_SETTLE_MS = 100;
export const MOST_VIEWS = 20;
export const LOOP_MS = 120_000;
/** What a single-page app fetches for a view is there by then. */
export const VIEW_DRAWN_MS = 1500;
export const BLANK_MS = 5000;
export const MOST_BLANK_ELEMENTS = 1000;
/** An impatient second click on the same words is no second try. */
export const SAME_TRY_MS = 2000;
/** What a request of a form brings is drawn by then. */
export const FORM_DRAWN_MS = 500;
export const MOST_FORMS = 30;
/** A field that saves itself does so this soon after the last key. */
export const AUTOSAVE_MS = 10_000;
/** The page has had its say by then, and has asked for what it asks for. */
export const SUBMIT_MS = 100;
export const SEARCHES = 3;
export const SEARCH_MS = 120_000;
export const HELP_LOOK_MS = 1000;
export const MOST_FINGERPRINTS = 20;
/** An error follows the click that it was thrown in so soon, where both came before the agent. */
export const EARLY_ERROR_MS = 50;

// --- transport
export const URGENT_MS = 250;
export const REST_MS = 10_000;
/** sendBeacon's 64 KiB are for all that is under way: pieces of so many events stay below 32 KiB. */
export const PIECE_EVENTS = 20;
/** What waits while the collector is away, in memory and for the next page. */
export const MOST_UNSENT_CHARS = 64_000;
export const LONGEST_PAUSE_S = 3600;
export const LONGEST_RETRY_S = 60;
/** Outside the sample so much waits for friction to come. */
export const MOST_HELD = 60;
export const MOST_EVENTS = 100;
/** Requests and vitals may not use up the room that friction needs. */
export const MOST_TIMINGS = 60;
/** A poll would else fill the page's room with one route. */
export const MOST_PER_ROUTE = 10;
/** A storm of new addresses is one view's worth. */
export const REFILL_MS = 10_000;
/** A page is not searched for its steps with every click. */
export const STEP_LOOK_MS = 300;
/** A visit: 30 minutes idle or 4 hours end it. */
export const IDLE_MS = 30 * 60_000;
export const VISIT_MS = 4 * 3600_000;
/** The last use is written at most this often: storage is slow, and every event asks. */
export const TOUCH_MS = 5000;
