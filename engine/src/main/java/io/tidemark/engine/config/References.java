package io.tidemark.engine.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${env:NAME}}, {@code ${file:PATH}} and {@code ${STORE:NAME}} or {@code ${STORE:NAME#KEY}} inside values, so that secrets need not
 * stand in the configuration. A file's content counts without its last line end; a relative path is relative to the configuration file. Of a store's
 * secret that is a JSON object, a key's value can be taken. A doubled dollar sign before the brace makes it literal text.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
    private static final long FILE_BYTES_MAX = 64 * 1024;
    private static final char KEY_MARK = '#';
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Map<String, String> environment;
    private final Map<String, UnaryOperator<String>> stores;

    /** Secrets that were read already, by store and name: several settings may be in one. */
    private final Map<String, String> secrets = new HashMap<>();

    /** @param stores read a secret by its name */
    References(Path folder, Map<String, String> environment, Map<String, UnaryOperator<String>> stores) {
        this.folder = folder;
        this.environment = environment;
        this.stores = stores;
    }

    /** Whether the text refers to something, so that its value is not to be shown. */
    static boolean isIn(String text) {
        return text.contains("${");
    }

    /**
     * The text with its references replaced.
     *
     * @throws UnresolvedException with a reason that names the reference, never a value
     */
    String resolve(String text) throws UnresolvedException {
        if (!isIn(text)) {
            return text;
        }
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String value = matcher.group(1) == null
                    ? "${"
                    : value(matcher.group(1), !matcher.group(2).isEmpty());
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String value(String reference, boolean closed) throws UnresolvedException {
        if (closed && reference.startsWith("env:")) {
            String name = reference.substring("env:".length());
            String value = environment.get(name);
            if (value == null) {
                throw new UnresolvedException("the environment variable " + name + " is not set", true);
            }
            return value;
        }
        if (closed && reference.startsWith("file:")) {
            return content(reference.substring("file:".length()));
        }
        int colon = reference.indexOf(':');
        UnaryOperator<String> store = closed && colon > 0 ? stores.get(reference.substring(0, colon)) : null;
        if (store != null) {
            return secret(store, reference, reference.substring(colon + 1));
        }
        // What stands between the braces may be a password that happens to hold them.
        List<String> known = new ArrayList<>(List.of("${env:NAME}", "${file:PATH}"));
        stores.keySet().stream().sorted().forEach(type -> known.add("${" + type + ":NAME}"));
        throw new UnresolvedException(
                "holds '${' that starts no reference: write " + String.join(" or ", known)
                        + ", or $${ for the two characters",
                false);
    }

    private String secret(UnaryOperator<String> store, String reference, String name) throws UnresolvedException {
        int hash = name.indexOf(KEY_MARK);
        String whole = hash < 0 ? name : name.substring(0, hash);
        String place = hash < 0 ? reference : reference.substring(0, reference.length() - name.length() + hash);
        String secret = secrets.get(place);
        if (secret == null) {
            try {
                secret = store.apply(whole);
            } catch (TidemarkException e) {
                throw new UnresolvedException(e.reason() + "; " + e.remedy(), true);
            }
            secrets.put(place, secret);
        }
        return hash < 0 ? secret : key(place, secret, name.substring(hash + 1));
    }

    private static String key(String place, String secret, String key) throws UnresolvedException {
        try {
            JsonNode value = JSON.readTree(secret).get(key);
            if (value == null || !value.isValueNode() || value.isNull()) {
                throw new UnresolvedException("the secret " + place + " has no value of key " + key, true);
            }
            return value.asText();
        } catch (JsonProcessingException e) {
            // Its message shows a part of the secret.
            throw new UnresolvedException("the secret " + place + " is not JSON, so that it has no key " + key, true);
        }
    }

    private String content(String path) throws UnresolvedException {
        try {
            Path file = folder.resolve(path);
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new UnresolvedException("the file " + path + " is larger than " + FILE_BYTES_MAX + "B", true);
            }
            String content = Files.readString(file);
            return content.endsWith("\r\n")
                    ? content.substring(0, content.length() - 2)
                    : content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
        } catch (NoSuchFileException e) {
            throw new UnresolvedException("the file " + path + " does not exist", true);
        } catch (CharacterCodingException e) {
            throw new UnresolvedException("the file " + path + " is not UTF-8 text", true);
        } catch (IOException | InvalidPathException e) {
            throw new UnresolvedException("the file " + path + " cannot be read", true);
        }
    }

    /** A reference that leads nowhere. */
    static final class UnresolvedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;
        private final boolean missing;

        UnresolvedException(String reason, boolean missing) {
            super(reason);
            this.reason = reason;
            this.missing = missing;
        }

        String reason() {
            return reason;
        }

        /** Whether what it refers to is missing, rather than the reference ill-formed. */
        boolean isMissing() {
            return missing;
        }
    }
}
