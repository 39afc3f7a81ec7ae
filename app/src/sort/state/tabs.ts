/** Which panel is open at the side. */

import { stored } from "../../frame/stored";

export const chosenTab = stored("tab", "queue");
