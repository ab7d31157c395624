package io.tidemark.source.dynamodb.item;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.TableId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Ids of attributes. DynamoDB numbers none, and cannot rename one either, so that the id follows from the name: every process gives an attribute
 * the same one, without asking anybody. Of tables with 1,000 attributes about one in 4,300 has two that share an id, which {@link #check} refuses.
 */
public final class ColumnIds {
    /** The least id; those below are left for other uses. */
    public static final int LEAST = 2_000_000;

    private static final long COUNT = (long) Integer.MAX_VALUE - LEAST + 1;

    private ColumnIds() {}

    /**
     * Id of an attribute, from {@value #LEAST} to {@link Integer#MAX_VALUE}: the first 8 bytes of the SHA-256 of its name in UTF-8, as an unsigned
     * big-endian number, modulo the size of that range, plus its beginning.
     */
    public static int of(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return (int) (LEAST + Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), COUNT));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Cannot number attributes: this Java has no SHA-256", e);
        }
    }

    /**
     * Checks that the ids of a table's columns tell them apart.
     *
     * @throws TidemarkException {@code SOURCE_TYPE} naming two columns that have the same
     */
    public static void check(TableId table, Collection<Column> columns) {
        Map<Integer, String> names = new HashMap<>();
        for (Column column : columns) {
            String other = names.put(column.id(), column.name());
            if (other != null) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_TYPE,
                        "Cannot carry two attributes: their names have the same number (table=" + table + ", column="
                                + column.name() + ", other=" + other + ", id=" + column.id() + ")",
                        "Exclude one of the two from the mirror.",
                        null);
            }
        }
    }
}
