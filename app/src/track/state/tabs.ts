/** Which panel is open at the side. */

import { stored } from "../../frame/stored";

export const tab = stored("track.tab", "queue");
