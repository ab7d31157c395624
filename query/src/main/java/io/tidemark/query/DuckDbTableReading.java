package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The mirror's side of a comparison, computed by DuckDB over the live rows.
 *
 * <p>{@code md5_number} gives the 16 bytes of a digest as one number, first byte least significant. The contract adds two big-endian signed
 * numbers, so each half has its bytes turned around within its 32-bit parts (two steps of masks and shifts), the parts and the sign bits are summed
 * apart without overflow, and put together here.
 */
final class DuckDbTableReading implements TableReading {
    private static final String HALF = "18446744073709551615::UHUGEINT";
    private static final String ODD_BYTES = "71777214294589695::UBIGINT";
    private static final String ODD_PAIRS = "281470681808895::UBIGINT";
    private static final String PART = "4294967295::UBIGINT";
    /** How many times its size a large value takes: page, decompressed page, and three texts of twice the size in arrays of the next power of two. */
    private static final int COPIES = 14;

    private static final String SCHEMA = "main";
    private static final String DELETES = "deleted";

    private final Sessions sessions;
    private final PinnedTable pinned;

    DuckDbTableReading(Sessions sessions, PinnedTable pinned) {
        this.sessions = sessions;
        this.pinned = pinned;
    }

    @Override
    public List<BucketDigest> digests(DigestRequest request) {
        List<BucketDigest> digests = new ArrayList<>();
        read(rows -> digestsSql(rows, request), row -> digests.add(digest(row)));
        return List.copyOf(digests);
    }

    @Override
    public void rows(DigestRequest request, Set<Integer> buckets, RowVisitor visitor) {
        if (buckets.isEmpty()) {
            return;
        }
        int width = schema().columns().size();
        read(rows -> rowsSql(rows, request, buckets), row -> {
            List<@Nullable String> values = new ArrayList<>(width);
            for (int i = 1; i <= width; i++) {
                values.add(row.getString(i));
            }
            visitor.row(values);
        });
    }

    /**
     * A large value is in memory as it is stored, as it is, and as several texts of twice its size, for each thread that reads. That can be more than
     * the budget, which is for queries at large; then the same is done by one thread, with what it takes. Rows that were handed on before
     * cannot be taken back.
     */
    private void read(SqlOf sqlOf, RowWork work) {
        boolean[] hasRows = new boolean[1];
        try (DuckDbSession session = sessions.open()) {
            read(session, sqlOf, row -> {
                hasRows[0] = true;
                work.accept(row);
            });
            return;
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.LIMIT_EXCEEDED || hasRows[0]) {
                throw e;
            }
        }
        try (DuckDbSession session = sessions.openForLargeValues(COPIES * largestColumnBytes())) {
            read(session, sqlOf, work);
        }
    }

    /** Bytes of the largest column of a row group, which a reading holds at a time. A large row has a row group of its own. */
    private long largestColumnBytes() {
        LiveRows live = new LiveRows(pinned, SCHEMA, DELETES);
        if (live.locations().isEmpty()) {
            return 0;
        }
        String files = live.locations().stream().map(Sql::text).collect(Collectors.joining(", ", "[", "]"));
        try (DuckDbSession session = sessions.open();
                Statement statement = session.connection().createStatement();
                ResultSet sizes = statement.executeQuery(
                        "SELECT coalesce(max(total_uncompressed_size), 0)::BIGINT FROM parquet_metadata(" + files
                                + ")")) {
            sizes.next();
            return sizes.getLong(1);
        } catch (SQLException e) {
            live.checkFiles();
            throw QueryFailures.failed("read the sizes of mirror table " + schema().table(), e);
        }
    }

    private void read(DuckDbSession session, SqlOf sqlOf, RowWork work) {
        LiveRows live = new LiveRows(pinned, SCHEMA, DELETES);
        try {
            // Order does not matter to a sum, and keeping it costs memory.
            session.execute("SET preserve_insertion_order = false");
            live.loadDeletes(session.connection());
            session.closeToAllBut(live.locations());
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery(sqlOf.sql(live))) {
                while (rows.next()) {
                    work.accept(rows);
                }
            }
        } catch (SQLException e) {
            live.checkFiles();
            throw QueryFailures.failed("read the mirror table " + schema().table(), e);
        }
    }

    private String digestsSql(LiveRows live, DigestRequest request) {
        String hashes = schema().hasKey()
                ? "SELECT md5_number(" + CanonicalText.list(all()) + ") AS h, md5_number(" + CanonicalText.list(key())
                        + ") AS k"
                : "SELECT md5_number(" + CanonicalText.list(all()) + ") AS h, h AS k";
        String halves = "SELECT " + bucket(request.buckets()) + " AS b, (h & " + HALF
                + ")::UBIGINT AS x, (h >> 64)::UBIGINT AS y FROM (" + hashes + " FROM (" + textsSql(live, request)
                + "))";
        String bytesTurned = "SELECT b, " + turned("x", ODD_BYTES, 8) + " AS x, " + turned("y", ODD_BYTES, 8)
                + " AS y FROM (" + halves + ")";
        String partsTurned = "SELECT b, " + turned("x", ODD_PAIRS, 16) + " AS x, " + turned("y", ODD_PAIRS, 16)
                + " AS y FROM (" + bytesTurned + ")";
        return "SELECT b, count(*), " + sums("x") + ", " + sums("y") + " FROM (" + partsTurned
                + ") GROUP BY b ORDER BY b";
    }

    private String rowsSql(LiveRows live, DigestRequest request, Set<Integer> buckets) {
        String chosen = new TreeSet<>(buckets).stream().map(String::valueOf).collect(Collectors.joining(", "));
        String key = CanonicalText.list(schema().hasKey() ? key() : all());
        return "SELECT " + String.join(", ", all()) + " FROM (SELECT *, md5_number(" + key + ") AS k FROM ("
                + textsSql(live, request) + ")) WHERE " + bucket(request.buckets()) + " IN (" + chosen + ")";
    }

    /** Canonical texts {@code t0}, {@code t1}, ... of the rows in the range that are not soft-deleted. */
    private String textsSql(LiveRows live, DigestRequest request) {
        List<Column> columns = schema().columns();
        String texts = IntStream.range(0, columns.size())
                .mapToObj(i -> CanonicalText.of(columns.get(i).type(), "c" + i) + " AS t" + i)
                .collect(Collectors.joining(", "));
        List<String> conditions = new ArrayList<>();
        if (live.hasSoftDeletes()) {
            conditions.add("c" + columns.size() + " IS NULL");
        }
        KeyRange.sql(schema(), request).ifPresent(conditions::add);
        return "SELECT " + texts + " FROM (" + live.sql() + ")"
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }

    private List<String> all() {
        return IntStream.range(0, schema().columns().size())
                .mapToObj(i -> "t" + i)
                .toList();
    }

    private List<String> key() {
        return Arrays.stream(schema().keyIndexes()).mapToObj(i -> "t" + i).toList();
    }

    private RowSchema schema() {
        return pinned.spec().schema();
    }

    /** The first two bytes of {@code k}, first one most significant, modulo a power of two. */
    private static String bucket(int buckets) {
        String low = "(k & 65535::UHUGEINT)::INTEGER";
        return "((((" + low + " & 255) << 8) | (" + low + " >> 8)) & " + (buckets - 1) + ")";
    }

    /** Exchanges neighbours of the given width. */
    private static String turned(String number, String mask, int bits) {
        return "(((" + number + " & " + mask + ") << " + bits + ") | ((" + number + " >> " + bits + ") & " + mask
                + "))";
    }

    /** The upper part is in the lower 32 bits, because whole parts were not exchanged; its highest bit is the sign. */
    private static String sums(String half) {
        return "sum((" + half + " & " + PART + ")::BIGINT), sum((" + half + " >> 32)::BIGINT), count_if((" + half
                + " & 2147483648::UBIGINT) <> 0)";
    }

    private static BucketDigest digest(ResultSet row) throws SQLException {
        return new BucketDigest(row.getInt(1), row.getLong(2), sum(row, 3), sum(row, 6));
    }

    private static BigInteger sum(ResultSet row, int first) throws SQLException {
        BigInteger upper = (BigInteger) row.getObject(first);
        BigInteger lower = (BigInteger) row.getObject(first + 1);
        BigInteger negative = BigInteger.valueOf(row.getLong(first + 2));
        return upper.shiftLeft(32).add(lower).subtract(negative.shiftLeft(64));
    }

    private interface SqlOf {
        String sql(LiveRows live);
    }

    private interface RowWork {
        void accept(ResultSet row) throws SQLException;
    }
}
