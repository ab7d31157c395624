package io.tidemark.engine.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${env:NAME}} and {@code ${file:PATH}} inside values, so that secrets need not stand in the configuration. A file's content
 * counts without its last line end; a relative path is relative to the configuration file. A doubled dollar sign before the brace makes it
 * literal text.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
    private static final long FILE_BYTES_MAX = 64 * 1024;

    private final Path folder;
    private final Map<String, String> environment;

    References(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
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
        // What stands between the braces may be a password that happens to hold them.
        throw new UnresolvedException(
                "holds '${' that starts no reference: write ${env:NAME} or ${file:PATH}, or $${ for the two characters",
                false);
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
