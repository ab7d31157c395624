package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class RowDigestTest {
    private static final RowSchema SCHEMA = Samples.schema(
            List.of(
                    Samples.column("s", "string", "S"),
                    Samples.column("n", "int64", "N"),
                    Samples.column("f", "boolean", "BOOL")),
            "n",
            "s");
    private static final List<Map<String, AttributeValue>> ITEMS = List.of(
            Samples.item("{'s':{'S':'a'},'n':{'N':'1'}}"),
            Samples.item("{'s':{'S':'ö'},'n':{'N':'-2'},'f':{'BOOL':true}}"),
            Samples.item("{'s':{'S':'b'},'n':{'N':'3'},'f':{'BOOL':false}}"));

    /** Computed by other means (Python's hashlib): rows {@code 1:a1:1-}, {@code 2:ö2:-21:t}, {@code 1:b1:31:f}, keys the other way round. */
    private static final List<BucketDigest> EXPECTED = List.of(
            digest(0, 2, "6774397753564916303", "-12447653510697023336"),
            digest(1, 1, "8485036755832727565", "7045252229244052312"));

    @Test
    void hashesAndBucketsAreThoseOfTheDefinition() {
        RowDigest digest = new RowDigest(new ItemText(SCHEMA, null), 2);
        ITEMS.forEach(digest::add);
        assertThat(digest.digests()).isEqualTo(EXPECTED);
        assertThat(digest.bucket(new ItemText(SCHEMA, null).row(ITEMS.get(2)))).isEqualTo(1);
    }

    @Test
    void partsAddUpInAnyOrder() {
        RowDigest total = new RowDigest(new ItemText(SCHEMA, null), 2);
        for (int i = ITEMS.size() - 1; i >= 0; i--) {
            RowDigest part = new RowDigest(new ItemText(SCHEMA, null), 2);
            part.add(ITEMS.get(i));
            total.addAll(part);
        }
        assertThat(total.digests()).isEqualTo(EXPECTED);
    }

    @Test
    void withoutAKeyTheWholeRowSaysTheBucket() {
        RowDigest digest = new RowDigest(new ItemText(SCHEMA.with(SCHEMA.columns(), List.of()), null), 65_536);
        ITEMS.forEach(digest::add);
        for (BucketDigest bucket : digest.digests()) {
            assertThat(bucket.rows()).isEqualTo(1);
            assertThat(bucket.bucket()).isEqualTo(bucket.high().shiftRight(48).intValue() & 0xFFFF);
        }
        assertThat(digest.digests()).hasSize(3);
    }

    private static BucketDigest digest(int bucket, long rows, String high, String low) {
        return new BucketDigest(bucket, rows, new BigInteger(high), new BigInteger(low));
    }
}
