package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.item.ItemText;
import io.tidemark.source.dynamodb.item.RowDigest;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The items of a table in canonical text, by scan. */
final class ScanReading implements TableReading {
    private final Clients clients;
    private final SourceTable table;
    private final ItemText text;

    ScanReading(Clients clients, SourceTable table, @Nullable String document) {
        this.clients = clients;
        this.table = table;
        this.text = new ItemText(table.schema(), document);
    }

    @Override
    public List<BucketDigest> digests(DigestRequest request) {
        refuseRange(request);
        RowDigest digest = new RowDigest(text, request.buckets());
        SegmentScan.pages(clients, table.id(), SegmentScan.WHOLE, page -> page.forEach(digest::add));
        return digest.digests();
    }

    @Override
    public void rows(DigestRequest request, Set<Integer> buckets, RowVisitor visitor) {
        refuseRange(request);
        RowDigest digest = new RowDigest(text, request.buckets());
        SegmentScan.pages(
                clients,
                table.id(),
                SegmentScan.WHOLE,
                page -> page.forEach(item -> {
                    List<@Nullable String> row = text.row(item);
                    if (buckets.contains(digest.bucket(row))) {
                        visitor.row(row);
                    }
                }));
    }

    private void refuseRange(DigestRequest request) {
        if (request.from().isPresent() || request.to().isPresent()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot compare a range of " + table.id() + ": DynamoDB has no order over all keys",
                    "Verify the whole table: leave --from and --to out.",
                    null);
        }
    }
}
