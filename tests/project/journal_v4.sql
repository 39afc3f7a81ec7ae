-- A journal of schema version 4. Never change this file.
PRAGMA application_id = 1397180492;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE "decision" (
        entry INTEGER NOT NULL REFERENCES entry (number),
        place INTEGER NOT NULL,
        item TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('verdict', 'mask', 'keypoint', 'merge', 'note', 'result')),
        value TEXT NOT NULL,
        position TEXT,
        payload TEXT,
        seconds REAL,
        evidence TEXT NOT NULL,
        blind INTEGER NOT NULL,
        probe INTEGER NOT NULL, repeat INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (entry, place)
    ) WITHOUT ROWID
    ;
INSERT INTO "decision" VALUES(1,0,'m/1','verdict','cell',NULL,NULL,1.25,'snr-1',1,0,0);
INSERT INTO "decision" VALUES(1,1,'m/2','verdict','unsure',NULL,NULL,NULL,'',0,1,0);
INSERT INTO "decision" VALUES(2,0,'w/t3','keypoint','seen','[0.5, 12.0, -3.25]',NULL,NULL,'',1,0,0);
INSERT INTO "decision" VALUES(4,0,'i/4','mask','neuron',NULL,'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',NULL,'',1,0,0);
INSERT INTO "decision" VALUES(7,0,'m/1+2','merge','same cell',NULL,NULL,0.5,'pairs-1',1,0,0);
INSERT INTO "decision" VALUES(10,0,'m/2','note','near a vessel',NULL,NULL,NULL,'',1,0,0);
INSERT INTO "decision" VALUES(11,0,'m/2','note','',NULL,NULL,NULL,'',1,0,0);
INSERT INTO "decision" VALUES(13,0,'m/1','verdict','not cell',NULL,NULL,2.5,'snr-1',0,0,1);
INSERT INTO "decision" VALUES(14,0,'sort','result','withdrawn',NULL,NULL,NULL,'',1,0,0);
CREATE TABLE entry (
        number INTEGER PRIMARY KEY,
        client_id TEXT NOT NULL UNIQUE,
        annotator TEXT NOT NULL,
        time_utc TEXT NOT NULL,
        act TEXT NOT NULL CHECK (act IN ('record', 'undo', 'redo')),
        target INTEGER REFERENCES entry (number),
        CHECK ((act = 'record') = (target IS NULL))
    );
INSERT INTO "entry" VALUES(1,'a1','anna','2026-01-02T12:00:00.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(2,'b1','ben','2026-01-02T12:00:01.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(3,'b2','ben','2026-01-02T12:00:02.500000+00:00','undo',2);
INSERT INTO "entry" VALUES(4,'a2','anna','2026-01-02T12:00:03.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(5,'a3','anna','2026-01-02T12:00:04.500000+00:00','undo',4);
INSERT INTO "entry" VALUES(6,'a4','anna','2026-01-02T12:00:05.500000+00:00','redo',4);
INSERT INTO "entry" VALUES(7,'a5','anna','2026-01-02T12:00:06.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(8,'a6','anna','2026-01-02T12:00:06.500000+00:00','undo',7);
INSERT INTO "entry" VALUES(9,'a7','anna','2026-01-02T12:00:06.500000+00:00','redo',7);
INSERT INTO "entry" VALUES(10,'a8','anna','2026-01-02T12:00:07.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(11,'a9','anna','2026-01-02T12:00:07.500000+00:00','record',NULL);
INSERT INTO "entry" VALUES(12,'a10','anna','2026-01-02T12:00:07.500000+00:00','undo',11);
INSERT INTO "entry" VALUES(13,'a11','anna','2026-01-02T12:00:08+00:00','record',NULL);
INSERT INTO "entry" VALUES(14,'a12','anna','2026-01-02T12:00:08+00:00','record',NULL);
CREATE TRIGGER entry_is_kept_from_update BEFORE update ON entry BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entry_is_kept_from_delete BEFORE delete ON entry BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER decision_is_kept_from_update BEFORE update ON decision BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER decision_is_kept_from_delete BEFORE delete ON decision BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
COMMIT;
