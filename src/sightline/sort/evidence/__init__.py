"""From movie and candidates to what a judge needs to see of each; pure functions of arrays."""
