//! The sentences themselves.

use super::{Phrase, Sentence, draft};

impl Phrase {
    /// The phrase in every language.
    pub(super) fn sentence(self) -> Sentence {
        match self {
            // Kinds of chart.
            Phrase::DotChart => draft("Dot chart", "แผนภูมิจุด", "အမှတ်ပြ ဇယားကွက်"),
            Phrase::BarsAgainstTargets => {
                draft("Bars against targets", "แผนภูมิแท่งเทียบกับเป้าหมาย", "ပစ်မှတ်နှင့် နှိုင်းယှဉ်သော ဘားဇယား")
            }
            Phrase::LineChart => draft("Line chart", "แผนภูมิเส้น", "မျဉ်းဇယား"),
            Phrase::ForestPlot => draft("Forest plot", "แผนภูมิฟอเรสต์", "ဖောရက်စ် ဇယား"),
            Phrase::SlopeChart => draft("Slope chart", "แผนภูมิเส้นลาด", "အတက်အဆင်းပြ မျဉ်းဇယား"),
            Phrase::CascadeChart => draft("Bars by generation", "แผนภูมิแท่งตามรุ่น", "မျိုးဆက်အလိုက် ဘားဇယား"),
            Phrase::StepsChart => draft("Bars by step", "แผนภูมิแท่งตามขั้นตอน", "အဆင့်အလိုက် ဘားဇယား"),
            Phrase::CompletionChart => draft(
                "Step lines of cumulative completion",
                "เส้นขั้นบันไดแสดงสัดส่วนสะสมของผู้ที่ทำครบ",
                "ပြီးစီးမှု စုစုပေါင်းပြ လှေကားမျဉ်း",
            ),
            Phrase::EventStudyChart => {
                draft("Event study", "การศึกษาผลก่อนและหลังเหตุการณ์", "အဖြစ်အပျက် ရှေ့နောက် လေ့လာမှု")
            }
            Phrase::LikertChart => {
                draft("Diverging bars of answers", "แผนภูมิแท่งสองทิศทางของคำตอบ", "အဖြေများ၏ နှစ်ဖက်ခွဲ ဘားဇယား")
            }
            Phrase::WaterfallChart => draft(
                "Bars of the parts of a difference",
                "แผนภูมิแท่งแยกส่วนของผลต่าง",
                "ကွာခြားချက် အစိတ်အပိုင်းများ၏ ဘားဇယား",
            ),
            Phrase::DumbbellChart => draft("Pairs of dots", "แผนภูมิจุดคู่", "အမှတ်စုံတွဲ ဇယား"),
            Phrase::TileMap => {
                draft("Map of provinces as tiles", "แผนที่จังหวัดแบบช่องสี่เหลี่ยม", "ခရိုင်များကို အကွက်ဖြင့်ပြသော မြေပုံ")
            }
            Phrase::HeatMapChart => draft("Table of shaded cells", "ตารางช่องแรเงา", "အရောင်ခြယ် ဇယားကွက်"),
            Phrase::OverlapChart => {
                draft("Bars of overlaps", "แผนภูมิแท่งของกลุ่มที่ทับซ้อนกัน", "ထပ်နေသော အုပ်စုများ၏ ဘားဇယား")
            }
            Phrase::StripsChart => draft("Strips of dots", "แผนภูมิแถบจุด", "အမှတ်တန်း ဇယား"),
            Phrase::SparklineChart => draft("Small line chart", "แผนภูมิเส้นขนาดเล็ก", "မျဉ်းဇယား အသေး"),
            // Sentences of descriptions.
            Phrase::WithIntervals => {
                draft("with {0} intervals", "พร้อมช่วงความเชื่อมั่น {0}", "{0} ယုံကြည်မှုအပိုင်းအခြားများနှင့်")
            }
            Phrase::Extremes => draft(
                "Highest: {0} {1}; lowest: {2} {3}.",
                "สูงสุด {0} {1} ต่ำสุด {2} {3}",
                "အမြင့်ဆုံး {0} {1}၊ အနိမ့်ဆုံး {2} {3}။",
            ),
            Phrase::NotShown => draft("Not shown: {0}.", "ค่าที่ไม่แสดง: {0}", "မပြသော တန်ဖိုးများ: {0}။"),
            Phrase::Table => draft(
                "All numbers are in the data table.",
                "ตัวเลขทั้งหมดอยู่ในตารางข้อมูล",
                "ဂဏန်းအားလုံးကို ဒေတာဇယားတွင် ဖော်ပြထားသည်။",
            ),
            Phrase::TargetOf => draft("target {0}", "เป้าหมาย {0}", "ပစ်မှတ် {0}"),
            Phrase::AboveTargets => draft(
                "{0} of {1} values are at or above their targets.",
                "{0} จาก {1} ค่าเท่ากับหรือสูงกว่าเป้าหมาย",
                "တန်ဖိုး {1} ခုအနက် {0} ခုသည် ပစ်မှတ်နှင့်ညီသည် သို့မဟုတ် ကျော်လွန်သည်။",
            ),
            Phrase::DifferenceOf => draft("difference", "ต่างกัน", "ကွာခြားချက်"),
            Phrase::RatioOf => draft("ratio", "อัตราส่วน", "အချိုး"),
            Phrase::Points => draft(" points", " จุดร้อยละ", " ရာခိုင်နှုန်းမှတ်"),
            Phrase::HigherIn => draft(
                "{0} is higher than {1} in {2} of {3} rows.",
                "{0} สูงกว่า {1} ใน {2} จาก {3} แถว",
                "အတန်း {3} ခုအနက် {2} ခုတွင် {0} သည် {1} ထက် မြင့်သည်။",
            ),
            Phrase::Periods => draft("Periods: {0} to {1}.", "ช่วงเวลา {0} ถึง {1}", "ကာလ {0} မှ {1} အထိ။"),
            Phrase::Shaded => draft("Shaded: {0}.", "แถบแรเงา: {0}", "အရိပ်ခြယ်ထားသော အပိုင်း: {0}။"),
            Phrase::Marked => draft("Marked: {0}.", "เส้นกำกับ: {0}", "အမှတ်အသား: {0}။"),
            Phrase::Stays => draft(
                "{0} is {1} ({2} and {3})",
                "{0} เท่ากับ {1} ({2} และ {3})",
                "{0} သည် {1} ဖြစ်သည် ({2} နှင့် {3})",
            ),
            Phrase::Rises => draft(
                "{0} rises from {1} ({2}) to {3} ({4})",
                "{0} เพิ่มขึ้นจาก {1} ({2}) เป็น {3} ({4})",
                "{0} သည် {1} ({2}) မှ {3} ({4}) သို့ တိုးလာသည်",
            ),
            Phrase::Falls => draft(
                "{0} falls from {1} ({2}) to {3} ({4})",
                "{0} ลดลงจาก {1} ({2}) เป็น {3} ({4})",
                "{0} သည် {1} ({2}) မှ {3} ({4}) သို့ ကျဆင်းသည်",
            ),
            Phrase::HighestOf => draft(", highest {0} ({1})", " สูงสุด {0} ({1})", "၊ အမြင့်ဆုံး {0} ({1})"),
            Phrase::LowestOf => draft(", lowest {0} ({1})", " ต่ำสุด {0} ({1})", "၊ အနိမ့်ဆုံး {0} ({1})"),
            Phrase::Rising => draft(
                "{0} of {1} rise, {2} fall.",
                "{0} จาก {1} เพิ่มขึ้น และ {2} ลดลง",
                "{1} ခုအနက် {0} ခု တိုး၍ {2} ခု ကျသည်။",
            ),
            Phrase::LargestGap => {
                draft("Largest gap: {0} {1}.", "ช่องว่างมากที่สุด: {0} {1}", "အကြီးဆုံး ကွာဟချက်: {0} {1}။")
            }
            Phrase::LargestDrop => draft(
                "Largest drop: {0}, {1} of the previous step remain.",
                "ลดลงมากที่สุด: {0} เหลือ {1} ของขั้นก่อนหน้า",
                "အများဆုံး ကျဆင်းသည့်အဆင့်: {0}၊ ယခင်အဆင့်၏ {1} ကျန်သည်။",
            ),
            Phrase::LargestPart => {
                draft("Largest part: {0} {1}.", "ส่วนที่มากที่สุด: {0} {1}", "အကြီးဆုံး အစိတ်အပိုင်း: {0} {1}။")
            }
            Phrase::NetOrder => draft(
                "Most agreement: {0}; least: {1}.",
                "เห็นด้วยมากที่สุด: {0} น้อยที่สุด: {1}",
                "သဘောတူမှု အများဆုံး: {0}၊ အနည်းဆုံး: {1}။",
            ),
            Phrase::AcrossNull => draft(
                "{0} of {1} intervals hold no difference.",
                "{0} จาก {1} ช่วงครอบคลุมค่าที่ไม่แตกต่าง",
                "အပိုင်းအခြား {1} ခုအနက် {0} ခုတွင် ကွာခြားချက်မရှိသည့် တန်ဖိုး ပါဝင်သည်။",
            ),
            Phrase::HalfAt => draft("{0}: half after {1}", "{0}: ครึ่งหนึ่งภายใน {1}", "{0}: တစ်ဝက်သည် {1} အတွင်း"),
            Phrase::ReachedBy => draft("{0}: {1} after {2}", "{0}: {1} เมื่อครบ {2}", "{0}: {2} အကြာတွင် {1}"),
            Phrase::RangeOf => {
                draft("{0} values from {1} to {2}", "{0} ค่า ตั้งแต่ {1} ถึง {2}", "တန်ဖိုး {0} ခု၊ {1} မှ {2} အထိ")
            }
            Phrase::MapClasses => draft(
                "{0} provinces have a value, from {1} to {2}.",
                "{0} จังหวัดมีค่า ตั้งแต่ {1} ถึง {2}",
                "ခရိုင် {0} ခုတွင် တန်ဖိုးရှိသည်၊ {1} မှ {2} အထိ။",
            ),
            // Words inside charts.
            Phrase::Grid => draft("{0} rows, {1} columns.", "{0} แถว {1} คอลัมน์", "အတန်း {0} ခု၊ ကော်လံ {1} ခု။"),
            Phrase::SourceIs => draft("Source: {0}", "ที่มา: {0}", "ရင်းမြစ်: {0}"),
            Phrase::AtRisk => draft("Still followed", "ยังติดตามอยู่", "ဆက်လက်စောင့်ကြည့်ဆဲ"),
            Phrase::Censored => draft("No longer followed", "สิ้นสุดการติดตาม", "စောင့်ကြည့်မှု ပြီးဆုံးသူ"),
            Phrase::Completed => draft("Completed", "ทำครบแล้ว", "ပြီးစီးသူ"),
            Phrase::MedianAt => draft("half after {0}", "ครึ่งหนึ่งภายใน {0}", "တစ်ဝက် {0} အတွင်း"),
            Phrase::CutAt => draft(
                "Lines end where fewer than {0} are still followed.",
                "เส้นสิ้นสุดเมื่อผู้ที่ยังติดตามอยู่น้อยกว่า {0} ราย",
                "ဆက်လက်စောင့်ကြည့်သူ {0} ဦးအောက် ရောက်သည့်နေရာတွင် မျဉ်းများ ရပ်သည်။",
            ),
            Phrase::OfPrevious => draft("of previous", "ของขั้นก่อนหน้า", "ယခင်အဆင့်၏"),
            Phrase::OfFirst => draft("of first", "ของขั้นแรก", "ပထမအဆင့်၏"),
            Phrase::Number => draft("Number", "จำนวน", "အရေအတွက်"),
            Phrase::PerTrainer => draft("for each trainer", "ต่อผู้ฝึกสอนหนึ่งคน", "သင်တန်းဆရာ တစ်ဦးလျှင်"),
            Phrase::Weight => draft("Weight", "น้ำหนัก", "အလေးချိန်"),
            Phrase::Estimate => draft("Estimate", "ค่าประมาณ", "ခန့်မှန်းတန်ဖိုး"),
            Phrase::Pooled => draft("All together", "รวมทั้งหมด", "အားလုံးပေါင်း"),
            Phrase::Prediction => draft("Range for a new site", "ช่วงสำหรับพื้นที่ใหม่", "နေရာသစ်အတွက် အပိုင်းအခြား"),
            Phrase::TooFewToPredict => draft(
                "not given for fewer than {0} sites",
                "ไม่แสดงเมื่อมีพื้นที่น้อยกว่า {0} แห่ง",
                "နေရာ {0} ခုအောက်အတွက် မဖော်ပြပါ",
            ),
            Phrase::Gap => draft("Gap", "ช่องว่าง", "ကွာဟချက်"),
            Phrase::Net => draft("Net agreement", "ส่วนต่างผู้เห็นด้วย", "အသားတင် သဘောတူမှု"),
            Phrase::Rest => draft("Left over", "ส่วนที่เหลือ", "ကျန်ရှိချက်"),
            Phrase::Band => draft(
                "band that holds for all periods at once",
                "แถบที่ครอบคลุมทุกช่วงเวลาพร้อมกัน",
                "ကာလအားလုံးကို တစ်ပြိုင်နက် ခြုံငုံသော အပိုင်း",
            ),
            Phrase::ReferencePeriod => draft("reference", "ช่วงอ้างอิง", "ရည်ညွှန်းကာလ"),
            Phrase::UnionKnown => {
                draft("{0} different people in all", "รวม {0} คนไม่ซ้ำกัน", "မထပ်သူ စုစုပေါင်း {0} ဦး")
            }
            Phrase::UnionBetween => draft(
                "Between {0} and {1} different people in all",
                "รวมระหว่าง {0} ถึง {1} คนไม่ซ้ำกัน",
                "မထပ်သူ စုစုပေါင်း {0} မှ {1} ဦးအကြား",
            ),
            Phrase::OnlyOne => draft("only {0}", "เฉพาะ {0}", "{0} သာ"),
            Phrase::Others => draft("{0} smaller overlaps", "กลุ่มทับซ้อนอื่นอีก {0} กลุ่ม", "အခြား ထပ်နေသောအုပ်စု {0} ခု"),
            Phrase::MiddleHalf => draft(
                "shaded: middle half; line: median",
                "แถบแรเงา: ครึ่งกลาง เส้น: มัธยฐาน",
                "အရိပ်: အလယ်တစ်ဝက်၊ မျဉ်း: အလယ်တန်ဖိုး",
            ),
            Phrase::MedianOf => draft("median", "มัธยฐาน", "အလယ်တန်ဖိုး"),
            Phrase::Expected => draft("expected by now", "ที่คาดไว้ถึงตอนนี้", "ယခုအထိ မျှော်မှန်းချက်"),
            Phrase::WeightNote => draft(
                "The area of a square is its weight.",
                "พื้นที่ของสี่เหลี่ยมคือน้ำหนัก",
                "စတုရန်း၏ ဧရိယာသည် အလေးချိန်ဖြစ်သည်။",
            ),
            // Words for what is not shown.
            Phrase::Withheld => {
                draft("withheld to protect people", "ไม่เปิดเผยเพื่อคุ้มครองบุคคล", "လူပုဂ္ဂိုလ်များကို ကာကွယ်ရန် မဖော်ပြပါ")
            }
            Phrase::NoData => draft("no data", "ไม่มีข้อมูล", "ဒေတာ မရှိပါ"),
            Phrase::Undefined => draft("cannot be computed", "คำนวณไม่ได้", "တွက်ချက်၍ မရပါ"),
            Phrase::Refused => draft("too uncertain to show", "ไม่แน่นอนเกินกว่าจะแสดง", "မသေချာလွန်း၍ မပြပါ"),
        }
    }
}
