package io.tidemark.lake.iceberg.rest;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What clients are told of the lake's storage. Only properties that are listed here leave the process, so that none that holds a credential does:
 * engines bring credentials of their own. Names are those of Iceberg's catalog properties, which PyIceberg understands as well
 * (https://iceberg.apache.org/docs/latest/aws/, https://py.iceberg.apache.org/configuration/).
 */
final class ClientProperties {
    private static final Pattern TOLD = Pattern.compile(
            "s3\\.(endpoint|region|path-style-access|cross-region-access-enabled|access-points\\..+)|client\\.region|gcs\\.(project-id|service\\.host)");

    private ClientProperties() {}

    static Map<String, String> of(Map<String, String> properties) {
        Map<String, String> told = new HashMap<>(properties);
        told.keySet().removeIf(key -> !TOLD.matcher(key).matches());
        return told;
    }
}
