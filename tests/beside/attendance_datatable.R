# Attendance as somebody would write it with data.table: Rscript attendance_datatable.R attendance.csv OUT

library(data.table)

args <- commandArgs(trailingOnly = TRUE)
cat("data.table", as.character(packageVersion("data.table")), R.version.string, "\n")

# Says on standard error what begins, and how long what came before took, as groundwork does.
begun <- NULL
part <- function(name = NULL) {
  now <- proc.time()[["elapsed"]]
  if (!is.null(begun)) message(sprintf("  %.3f s", now - begun))
  if (!is.null(name)) message(name)
  begun <<- now
}

part("load")
data <- fread(args[1], colClasses = "character", na.strings = "", strip.white = TRUE, encoding = "UTF-8")
meant <- function(text, words) unname(words)[chmatch(text, names(words))]
data[, site := meant(site, c("Chiang Rai" = "chiang_rai", "เชียงราย" = "chiang_rai", "Nan" = "nan", "น่าน" = "nan"))]
data[, sex := fcoalesce(meant(sex, c(female = "female", "หญิง" = "female", male = "male", "ชาย" = "male")), "unknown")]
data[, led := meant(led_by_volunteer, c(yes = TRUE, "ใช่" = TRUE, no = FALSE))]
data[, age := suppressWarnings(as.integer(age))]
data[, minutes := suppressWarnings(as.numeric(minutes))]
data[, age_band := c("0-9", "10-14", "15-17", "18+")[findInterval(age, c(-Inf, 10, 15, 18))]]
# There are far fewer days than rows: each is understood once.
days <- unique(data[, .(held)])
days[, day := as.IDate(held, "%Y-%m-%d")]
days[is.na(day), day := as.IDate(paste0(substr(held, 1, 6), as.integer(substr(held, 7, 10)) - 543L), "%d/%m/%Y")]
data[, held := days$day[chmatch(held, days$held)]]
for (column in c("visited_on", "certified_on")) {
  texts <- unique(data[[column]])
  set(data, j = column, value = as.IDate(texts, "%Y-%m-%d")[chmatch(data[[column]], texts)])
}
data <- data[!is.na(person) & !is.na(site) & !is.na(held)]
data[, period := paste0(year(held), "-Q", quarter(held))]

part("indicators")
measures <- list(
  sessions = list(quote(.N), quote(TRUE)),
  minutes_total = list(quote(sum(minutes, na.rm = TRUE)), quote(TRUE)),
  minutes_mean = list(quote(mean(minutes, na.rm = TRUE)), quote(TRUE)),
  led = list(quote(sum(led)), quote(!is.na(led))),
  long_sessions = list(quote(.N), quote(minutes > 60)),
  reach = list("people", quote(TRUE)),
  reach_led = list("people", quote(led %in% TRUE)),
  reach_adults = list("people", quote(age >= 18))
)
rows <- list()
add <- function(indicator, dimension, numbers) {
  keep <- function(column) if (column %in% names(numbers)) numbers[[column]] else ""
  category <- if (dimension == "") "" else numbers[[dimension]]
  rows[[length(rows) + 1]] <<- data.table(
    indicator = indicator, site = keep("site"), period = numbers$period, dimension = dimension,
    category = category, number = as.numeric(numbers$number)
  )
}
for (indicator in names(measures)) {
  measure <- measures[[indicator]][[1]]
  condition <- measures[[indicator]][[2]]
  counted <- if (isTRUE(condition)) data else data[eval(condition)]
  for (dimension in c("", "sex", "age_band")) {
    for (keys in list("period", c("site", "period"))) {
      keys <- c(keys, dimension[dimension != ""])
      numbers <- if (identical(measure, "people")) {
        unique(counted, by = c(keys, "person"))[, .(number = .N), by = keys]
      } else {
        eval(substitute(counted[, .(number = one), by = keys], list(one = measure)))
      }
      add(indicator, dimension, numbers)
    }
  }
}

part("cohort and steps")
# The same day so many months later; a day that the month has not becomes its last.
months_later <- function(day, months) {
  parts <- as.POSIXlt(day)
  month <- parts$year * 12L + parts$mon + months
  first <- as.IDate(ISOdate(1900L + month %/% 12L, month %% 12L + 1L, 1L))
  after <- month + 1L
  last <- as.IDate(ISOdate(1900L + after %/% 12L, after %% 12L + 1L, 1L)) - 1L
  pmin(first + parts$mday - 1L, last)
}
# It warns of people without such a day.
people <- suppressWarnings(data[, .(
  site = min(site), last = max(site), joined = min(held), visited = min(visited_on, na.rm = TRUE),
  certified = min(certified_on, na.rm = TRUE)
), by = person])
people[site != last, site := NA]
people[, due := months_later(joined, 6L)]
people[, `:=`(visited = fcoalesce(visited <= due, FALSE), certified = fcoalesce(certified <= due, FALSE))]
people[, waiting := !certified]
for (year in 2019:2021) {
  for (quarter in 1:4) {
    mature <- people[due < as.IDate(sprintf("%d-%02d-01", year + quarter %/% 4L, quarter %% 4L * 3L + 1L))]
    period <- sprintf("%d-Q%d", year, quarter)
    if (nrow(mature) == 0) next
    for (category in c("", "visited", "certified", "waiting")) {
      column <- if (category == "") "certified" else category
      dimension <- if (category == "") "" else "step"
      for (numbers in list(
        mature[, .(number = sum(get(column)))],
        mature[!is.na(site), .(number = sum(get(column))), by = site]
      )) {
        numbers[, `:=`(period = period, step = category)]
        add("finished", dimension, numbers)
      }
    }
  }
}

part("charts and report")
rows <- rbindlist(rows)
setorder(rows, indicator, site, period, dimension, category)
fwrite(rows, file.path(args[2], "indicators.csv"))
pdf(file.path(args[2], "report.pdf"), width = 8, height = 4)
for (name in unique(rows$indicator)) {
  shown <- rows[indicator == name & dimension == "" & site != ""]
  periods <- sort(unique(shown$period))
  plot(NULL, xlim = c(1, length(periods)), ylim = range(shown$number), xaxt = "n", xlab = "", ylab = "", main = name)
  axis(1, seq_along(periods), periods)
  for (at in unique(shown$site)) {
    line <- shown[site == at]
    lines(match(line$period, periods), line$number, col = match(at, unique(shown$site)))
  }
  legend("topleft", unique(shown$site), col = seq_along(unique(shown$site)), lty = 1)
}
invisible(dev.off())
part()
