package io.tidemark.workload.command;

import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.run.Mix;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Readers of option values; each refusal names what would be right. */
final class OptionValues {
    private OptionValues() {}

    /** {@code 20s}, {@code 5m}, and {@code 0}. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (text.equals("0")) {
                return Duration.ZERO;
            }
            try {
                return Values.duration(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("it " + e.getMessage());
            }
        }
    }

    /** {@code 60/30/10}. */
    static final class MixConverter implements ITypeConverter<Mix> {
        private static final Pattern SHARES = Pattern.compile("(\\d{1,3})/(\\d{1,3})/(\\d{1,3})");

        @Override
        public Mix convert(String text) {
            Matcher matcher = SHARES.matcher(text.trim());
            if (!matcher.matches()) {
                throw new TypeConversionException("it must be three percentages such as 60/30/10");
            }
            try {
                return new Mix(share(matcher, 1), share(matcher, 2), share(matcher, 3));
            } catch (TidemarkException e) {
                throw new TypeConversionException("the three percentages must make 100");
            }
        }

        private static int share(Matcher matcher, int group) {
            return Integer.parseInt(matcher.group(group));
        }
    }
}
