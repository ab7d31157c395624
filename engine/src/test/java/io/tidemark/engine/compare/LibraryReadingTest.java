package io.tidemark.engine.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.testkit.lake.Events;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryReadingTest {
    private static final Column NOTE = new Column("note", ColumnType.STRING, true, "text", 2);

    @Test
    void digestsAreThoseOfTheDefinition() {
        LibraryReading reading = reading("int64", new String[] {"1", "ü"}, new String[] {"2", null});
        // printf '1:12:ü' | md5sum, and '1:2-'
        BigInteger[] first = halves("80ff335ee2b5bcae534d42257e35f7c1");
        BigInteger[] second = halves("c2feb8dfff4dccc363c55e799b8df700");
        assertThat(reading.digests(DigestRequest.whole(1)))
                .containsExactly(new BucketDigest(0, 2, first[0].add(second[0]), first[1].add(second[1])));
    }

    @Test
    void bucketsHoldTheirRowsAndNoOthers() {
        String[][] rows = new String[100][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new String[] {Integer.toString(i), "note " + i};
        }
        LibraryReading reading = reading("int64", rows);
        DigestRequest request = DigestRequest.whole(16);
        List<BucketDigest> digests = reading.digests(request);
        assertThat(digests.stream().mapToLong(BucketDigest::rows).sum()).isEqualTo(rows.length);
        Set<List<@Nullable String>> seen = new HashSet<>();
        for (BucketDigest digest : digests) {
            List<List<@Nullable String>> found = new ArrayList<>();
            reading.rows(request, Set.of(digest.bucket()), found::add);
            assertThat(found).hasSize((int) digest.rows());
            seen.addAll(found);
        }
        assertThat(seen).hasSize(rows.length);
    }

    @ParameterizedTest
    @CsvSource({
        "int64, -5, 9, 10, 9, 10",
        "'decimal(9,2)', 1.00, 1.50, 12.00, 1.5, 12",
        "float32, bf800000, 80000000, 3f800000, 0, 1",
        "float64, 3ff0000000000000, 4000000000000000, 7ff8000000000000, 2, NaN",
        "string, B, a, é, a, é",
        "bytes, 00, 0a, ff, \\x0A, ff",
        "uuid, 0fffffff-0000-0000-0000-000000000000, 10000000-0000-0000-0000-000000000000,"
                + " a0000000-0000-0000-0000-000000000000, 10000000-0000-0000-0000-000000000000,"
                + " A0000000-0000-0000-0000-000000000000",
        "date, -1, 0, 1, 1970-01-01, 1970-01-02",
        "time, 0, 60000000, 3600000000, 00:01, 01:00",
        "timestamp, -1, 0, 86400000000, 1970-01-01, 1970-01-02 00:00:00",
        "timestamp_tz, -1, 0, 3600000000, 1970-01-01 02:00:00+02, 1970-01-01T01:00:00Z"
    })
    void aRangeOfTheKeyIsReadWithoutItsEnd(
            String type, String below, String least, String end, String from, String to) {
        LibraryReading reading =
                reading(type, new String[] {below, "x"}, new String[] {least, "y"}, new String[] {end, "z"});
        DigestRequest request = new DigestRequest(1, Optional.of(from), Optional.of(to));
        List<List<@Nullable String>> found = new ArrayList<>();
        reading.rows(request, Set.of(0), found::add);
        assertThat(found).containsExactly(Events.row(least, "y"));
    }

    @Test
    void aBoundThatIsNoValueIsRefused() {
        LibraryReading reading = reading("date", new String[] {"0", "x"});
        assertThatThrownBy(() -> reading.digests(new DigestRequest(1, Optional.of("soon"), Optional.empty())))
                .hasMessageContaining("a bound is not of the key column's type");
    }

    private static LibraryReading reading(String type, @Nullable String[]... rows) {
        RowSchema schema = new RowSchema(
                new TableId("public", "t"),
                List.of(new Column("k", ColumnType.parse(type), false, type, 1), NOTE),
                List.of("k"),
                BeforeImage.KEY);
        return new LibraryReading(schema, consumer -> {
            Events events = new Events(schema, 1);
            for (String[] row : rows) {
                events.insert(row);
            }
            consumer.accept(events.batch());
        });
    }

    private static BigInteger[] halves(String md5) {
        return new BigInteger[] {
            BigInteger.valueOf(Long.parseUnsignedLong(md5.substring(0, 16), 16)),
            BigInteger.valueOf(Long.parseUnsignedLong(md5.substring(16), 16))
        };
    }
}
