package io.tidemark.source.dynamodb.export;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items in DynamoDB JSON, read as files of exports are. */
public final class ExportedItems {
    private ExportedItems() {}

    public static Map<String, AttributeValue> parse(String json) {
        byte[] line = ("{\"Item\":" + json + "}").getBytes(StandardCharsets.UTF_8);
        try {
            return Objects.requireNonNull(new JsonRecords(new ByteArrayInputStream(line)).next())
                    .toItem();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
