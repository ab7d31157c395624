package io.tidemark.engine.snapshot;

import io.tidemark.engine.job.JobFiles;
import io.tidemark.engine.job.LoadJob.StagedChunk;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of a load in the lake's storage, under {@code staging/}: for each a Parquet file in the format of slices, and when that is whole a JSON file
 * with its size, checksum and rows. What is there is not read again when the load is interrupted.
 */
final class StagedChunks {
    private static final String END = ".chunk.json";

    private final Pipeline pipeline;
    private final String tableFolder;
    private final String folder;

    StagedChunks(Pipeline pipeline, TableId table, String loadId) {
        this.pipeline = pipeline;
        this.tableFolder = "staging/" + pipeline.config().pipeline() + "/" + encoded(table.toString()) + "/";
        this.folder = tableFolder + encoded(loadId) + "/";
    }

    /** The chunks that are whole, by ordinal. */
    Map<Integer, StagedChunk> whole() {
        Map<Integer, StagedChunk> chunks = new TreeMap<>();
        try {
            for (String path : pipeline.storage().list(folder)) {
                if (path.endsWith(END)) {
                    JobFiles.find(pipeline.storage(), path, StagedChunk.class)
                            .ifPresent(chunk -> chunks.put(chunk.ordinal(), chunk));
                }
            }
        } catch (IOException e) {
            throw failed("list", e);
        }
        return chunks;
    }

    /** Opens a writer for a chunk, for one thread. */
    ChunkWriter open(int ordinal) {
        return new Writer(ordinal);
    }

    /** Deletes what earlier loads of the table left. */
    void deleteOthers() {
        delete(path -> !path.startsWith(folder));
    }

    /** Deletes all chunks of the table. */
    void deleteAll() {
        delete(path -> true);
    }

    private void delete(Predicate<String> which) {
        ObjectStore storage = pipeline.storage();
        try {
            for (String path : storage.list(tableFolder)) {
                if (which.test(path)) {
                    storage.delete(path);
                }
            }
        } catch (IOException e) {
            throw failed("delete", e);
        }
    }

    private TidemarkException failed(String verb, IOException cause) {
        return TidemarkException.ofStorage("Cannot " + verb + " staged chunks", " (folder=" + tableFolder + ")", cause);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    /** A chunk without rows has no file. */
    private final class Writer implements ChunkWriter {
        private final int ordinal;
        private @Nullable SliceFileOutput output;

        Writer(int ordinal) {
            this.ordinal = ordinal;
        }

        @Override
        public void append(ChangeBatch batch) {
            if (batch.isEmpty()) {
                return;
            }
            SliceFileOutput open = output;
            if (open == null) {
                // Another process that reads the same chunk writes another file.
                String path = folder + ordinal + "-" + UUID.randomUUID() + ".parquet";
                open = pipeline.sliceLog().output(path, batch.schema());
                output = open;
            }
            open.append(batch);
        }

        @Override
        public void commit() {
            SliceFile file = output == null ? null : output.seal();
            JobFiles.write(pipeline.storage(), folder + ordinal + END, new StagedChunk(ordinal, file));
        }

        @Override
        public void close() {
            if (output != null) {
                output.close();
            }
        }
    }
}
