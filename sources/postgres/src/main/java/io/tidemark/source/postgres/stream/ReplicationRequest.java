package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * What a change stream reads, and how.
 *
 * @param connections opens the replication connection, and one for SQL that is kept as long as the stream is open
 * @param slot logical slot of {@code pgoutput}; it exists
 * @param publications names of the publications, as they are (unquoted); they exist
 * @param resumeToken a token of an earlier stream, after which to go on; empty to begin where the slot is
 * @param tables tables as registered, matched by oid ({@link SourceTable#identity}); others are delivered with the key that the stream tells
 * @param choices what the user wants columns to be carried as
 * @param scratch folder for transactions in progress, for this stream alone; what an earlier one left there is deleted
 * @param clock tells the time at which the source was known to have nothing more to send
 */
public record ReplicationRequest(
        Connections connections,
        String slot,
        List<String> publications,
        Optional<String> resumeToken,
        List<SourceTable> tables,
        TypeChoices choices,
        Path scratch,
        Clock clock) {
    public ReplicationRequest {
        publications = List.copyOf(publications);
        tables = List.copyOf(tables);
        if (publications.isEmpty()) {
            throw new IllegalArgumentException("Cannot read changes of no publication (slot=" + slot + ")");
        }
    }
}
