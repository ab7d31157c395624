package io.tidemark.source.dynamodb;

import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Keys in canonical text as keys of items. */
final class KeyValues {
    private KeyValues() {}

    static Map<String, AttributeValue> of(RowSchema schema, List<String> key) {
        Map<String, AttributeValue> values = new HashMap<>();
        for (int i = 0; i < key.size(); i++) {
            Column column = schema.columns().get(schema.indexOf(schema.key().get(i)));
            values.put(
                    column.name(),
                    switch (column.sourceType()) {
                        case "N" -> AttributeValue.fromN(key.get(i));
                        case "B" ->
                            AttributeValue.fromB(
                                    SdkBytes.fromByteArray(HexFormat.of().parseHex(key.get(i))));
                        default -> AttributeValue.fromS(key.get(i));
                    });
        }
        return values;
    }
}
