# Reads the table of indicators of a run with the types of its columns: Rscript read.R RUN_DIR
run <- commandArgs(trailingOnly = TRUE)[1]
number <- c("numerator", "denominator", "value", "lower", "upper", "level", "n",
            "baseline", "target", "achievement", "progress")
indicators <- read.csv(file.path(run, "indicators.csv"), encoding = "UTF-8", na.strings = "",
                       colClasses = "character", check.names = FALSE)
indicators[number] <- lapply(indicators[number], as.numeric)
indicators$period_start <- as.Date(indicators$period_start)
total <- subset(indicators, status == "published" & is.na(dimension) & !is.na(value))
total$site[is.na(total$site)] <- "all"
write.table(total[c("indicator", "site", "period", "value")], sep = "\t", quote = FALSE,
            row.names = FALSE, col.names = FALSE)
