// No longer loaded: everything is in agent.js.
