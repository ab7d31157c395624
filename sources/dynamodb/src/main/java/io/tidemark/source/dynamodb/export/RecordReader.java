package io.tidemark.source.dynamodb.export;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Records of a file that is not compressed any more, one after the other. */
interface RecordReader {
    String METADATA = "Metadata";
    String WRITE_TIMESTAMP_MICROS = "WriteTimestampMicros";

    /** Next record; null at the end. */
    @Nullable
    ExportRecord next() throws IOException;
}
