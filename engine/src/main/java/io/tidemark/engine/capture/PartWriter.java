package io.tidemark.engine.capture;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open part of a helper: files like those of a slice that belong to none yet. */
final class PartWriter implements SliceWriter {
    private final SliceLog log;
    private final long number;
    private final String folder;
    private final Map<TableId, Open> open = new HashMap<>();
    private final List<SliceFile> sealed = new ArrayList<>();
    private long rows;
    private long bytes;
    private int made;

    private record Open(RowSchema schema, SliceFileOutput output) {}

    /** @param folder of this part alone, with a slash at its end */
    PartWriter(SliceLog log, long number, String folder) {
        this.log = log;
        this.number = number;
        this.folder = folder;
    }

    @Override
    public long sequence() {
        return number;
    }

    @Override
    public void append(ChangeBatch batch) {
        TableId table = batch.schema().table();
        Open file = open.get(table);
        if (file != null && !file.schema.equals(batch.schema())) {
            sealed.add(file.output.seal());
            file = null;
        }
        if (file == null) {
            made++;
            file = new Open(batch.schema(), log.output(folder + made + ".parquet", batch.schema()));
            open.put(table, file);
        }
        file.output.append(batch);
        rows += batch.size();
        bytes += batch.byteSize();
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** Makes the files durable. What is returned is in no log. */
    @Override
    public SliceManifest seal(Position through, String resumeToken, Instant end, long fence) {
        for (Open file : open.values()) {
            sealed.add(file.output.seal());
        }
        open.clear();
        return new SliceManifest(
                number, "", end, end, Position.ZERO, through, resumeToken, fence, 0, "", folder, "", sealed, null);
    }

    @Override
    public void close() {
        open.values().forEach(file -> file.output.close());
        open.clear();
    }
}
