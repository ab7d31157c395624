package io.tidemark.source.dynamodb;

import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Reads a segment of a parallel scan page by page, each at most 1 MB, with strong consistency. */
final class SegmentScan {
    /** The whole table as one segment. */
    static final String WHOLE = "0/1";

    private SegmentScan() {}

    /** @param segment {@code segment/total} */
    static void pages(
            Clients clients, TableId table, String segment, Consumer<List<Map<String, AttributeValue>>> consumer) {
        int slash = segment.indexOf('/');
        Map<String, AttributeValue> from = null;
        do {
            ScanRequest request = ScanRequest.builder()
                    .tableName(table.name())
                    .segment(Integer.valueOf(segment.substring(0, slash)))
                    .totalSegments(Integer.valueOf(segment.substring(slash + 1)))
                    .consistentRead(true)
                    .exclusiveStartKey(from)
                    .build();
            ScanResponse page = Clients.calling(
                    "scan table " + table, () -> clients.tables().scan(request));
            consumer.accept(page.items());
            from = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
        } while (from != null);
    }
}
