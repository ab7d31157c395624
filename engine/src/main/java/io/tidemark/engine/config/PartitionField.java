package io.tidemark.engine.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The notation of a partition field. Whether the column exists and suits is known only when the mirror is made. */
final class PartitionField {
    private static final Pattern CALL = Pattern.compile("([A-Za-z_]+)\\s*\\((.*)\\)");
    private static final List<String> PLAIN = List.of("year", "month", "day", "hour");
    private static final List<String> NUMBERED = List.of("bucket", "truncate");
    private static final Pattern NUMBERED_ARGUMENTS = Pattern.compile("\\s*[1-9]\\d{0,8}\\s*,\\s*\\S.*");

    private PartitionField() {}

    /**
     * The field as written.
     *
     * @throws IllegalArgumentException when the notation is wrong
     */
    static String checked(String text) {
        Matcher call = CALL.matcher(text.trim());
        if (!call.matches()) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be empty");
            }
            return text.trim();
        }
        String transform = call.group(1);
        String arguments = call.group(2);
        boolean right = PLAIN.contains(transform)
                ? !arguments.isBlank()
                : NUMBERED.contains(transform)
                        && NUMBERED_ARGUMENTS.matcher(arguments).matches();
        if (!right) {
            throw new IllegalArgumentException(
                    "must be column, year(column), month(column), day(column), hour(column), bucket(16, column) or truncate(10, column)");
        }
        return text.trim();
    }
}
