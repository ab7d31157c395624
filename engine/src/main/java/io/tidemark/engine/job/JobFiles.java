package io.tidemark.engine.job;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Files of jobs in the lake's storage. */
public final class JobFiles {
    private static final String JSON = ".json";

    private JobFiles() {}

    /** What a job is told. */
    static String job(String pipeline, TableId table, UUID id) {
        return "jobs/" + pipeline + "/" + URLEncoder.encode(table.toString(), StandardCharsets.UTF_8) + "-" + id + JSON;
    }

    /** What a job says it did. */
    public static String report(String job) {
        return job.substring(0, job.length() - JSON.length()) + ".report" + JSON;
    }

    /** The whole of a small file. */
    public static String text(ObjectInput input) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(input.length())];
        input.readFully(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
