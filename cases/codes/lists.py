"""The code lists as the product brings them, after the practice that the field study found; an administrator may word, order, extend and retire them.

A fact keeps the code for ever: never rename one here, retire it and add another.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cases.codes.models import CodeList


class Code(NamedTuple):
    code: str
    zh: str
    en: str
    wants_text: bool = False
    ministry_priority: bool = False
    # kinds of evidence: one of each inner list must be there
    evidence: tuple[tuple[str, ...], ...] = ()


CHANNELS: Final = (
    Code("attendance", "日常考勤", "daily attendance"),
    Code("no_show", "开学未报到", "did not register at the start of term"),
    Code("data_match", "数据比对", "comparison of data"),
    Code("door_to_door", "入户摸排", "door-to-door survey"),
    Code("village_report", "村（居）、网格报告", "report by village or grid"),
    Code("justice_notice", "检察、公安、法院通报", "notice by procuratorate, police or court"),
    Code("welfare_transfer", "民政、残联移送", "handed over by civil affairs or disabled persons' federation"),
    Code("labour_inspection", "人社查处童工移送", "found by labour inspection"),
    Code("public_report", "群众举报、热线", "report by the public, hotline"),
    Code("assigned_from_above", "上级交办、督查发现", "assigned from above, found by inspection"),
    Code("transfer_not_arrived", "转学未报到", "transferred and never arrived"),
)

# The ministry's four causes come first: 教基〔2020〕5号.
REASONS: Final = (
    Code("study_difficulty", "学习困难", "difficulty with studies", ministry_priority=True),
    Code("work", "外出务工", "gone away to work", ministry_priority=True),
    Code("early_marriage", "早婚早育", "early marriage or birth", ministry_priority=True),
    Code("religion", "信教", "religious practice", ministry_priority=True),
    Code("tired_of_school", "厌学", "tired of school"),
    Code("poverty", "家庭经济困难", "poverty of the family"),
    Code("illness", "因病", "illness"),
    Code("disability", "因残", "disability"),
    Code("mental_health", "心理或精神障碍", "mental health"),
    Code("no_guardian", "监护缺失", "nobody takes care"),
    Code("away_with_parents", "随父母外出，无法联系", "away with parents, out of reach"),
    Code("distance", "上学远、交通不便", "long or difficult way to school"),
    Code("family_change", "单亲或家庭变故", "single parent or change in the family"),
    Code("bullying", "校园欺凌、同学关系", "bullying, trouble with other pupils"),
    Code("teachers", "师生关系、不适应", "trouble with teachers, not settled in"),
    Code("internet", "沉迷网络", "lost in the internet"),
    Code("justice_involved", "涉案或被羁押", "involved in a criminal matter or detained"),
    Code("parents_views", "家长观念、重男轻女", "views of the parents, sons before daughters"),
    Code("private_teaching", "私塾、培训机构、在家教育", "private teaching, training centre, taught at home"),
    Code("school_at_fault", "学校违规（劝退等）", "school at fault, such as urging to leave"),
    Code("disaster", "疫情、灾害", "epidemic or disaster"),
    Code("data_problem", "户籍、学籍信息问题", "error in household register or school roll"),
    Code("other", "其他", "other", wants_text=True),
)

# What verification may find that is no dropout at all.
NOT_DROPOUT: Final = (
    Code("in_school", "在校就读且有学籍", "in school and on its roll"),
    Code("in_province_no_roll", "省内就读无学籍", "in a school of the province, not on a roll"),
    Code("other_province_no_roll", "省外就读无学籍", "in a school of another province, not on a roll"),
    Code("died", "死亡未注销", "died, register not cancelled"),
    Code("moved", "户籍已迁出", "household register moved away"),
    Code("empty_register", "空挂户", "registered here, never lived here"),
    Code("double_register", "双重户籍", "registered twice"),
    Code("wrong_identity", "身份证号或姓名错误", "wrong name or identity number"),
    Code("nobody", "查无此人", "no such person"),
    Code("abroad", "出国（境）", "gone abroad"),
    Code("over_age", "超龄或已毕业", "over age or graduated"),
    Code("ill_or_disabled", "因病因残（送教、延缓）", "ill or disabled: taught at home or deferred"),
    Code("deferred", "已办延缓入学", "enrolment deferred already"),
    Code("missing", "失踪失联", "missing"),
    Code("no_roll", "无籍学生（待注册）", "attends without a roll, to be entered"),
    Code("roll_error", "学籍管理问题", "error in the school roll"),
    Code("out_of_reach", "随父母外出，无法联系", "away with parents for years, out of reach"),
)

PLACEMENTS: Final = (
    Code("same_class", "原校原班就读", "same school, same class"),
    Code("lower_grade", "原校降级编班", "same school, a grade lower"),
    Code("other_school", "插班（他校）", "class of another school"),
    Code("separate_class", "单独编班、专门班", "separate class"),
    Code("vocational_class", "普职融合班", "class with vocational courses"),
    Code("vocational_school", "中等职业学校", "vocational school"),
    Code("special_school", "特殊教育学校", "special-education school"),
    Code("inclusive_class", "普通学校随班就读（残疾）", "inclusive class of an ordinary school"),
    Code("home_teaching", "送教上门", "home teaching"),
    Code("distance_teaching", "远程教育（残疾人）", "distance teaching"),
    Code("rehabilitation", "康复机构集中送教", "teaching at a rehabilitation centre"),
    Code("dedicated_school", "专门学校", "school for behavioural correction"),
    Code("literacy_class", "扫盲班、补偿教育班", "catch-up class"),
    Code("medical_education", "医教（康教）结合", "teaching together with treatment"),
)

# Before one of these counts as a placement, the child must have been found unable to attend (notice 2023-6, section 4).
NEEDS_CANNOT_ATTEND: Final = frozenset({"home_teaching"})

GROUNDS: Final = (
    Code("died", "死亡", "died", evidence=(("death_certificate", "register_cancelled"),)),
    Code("missing", "失踪（公安立案或法院宣告）", "missing: police case or court declaration", evidence=(("police_receipt", "court_decision"),)),
    Code("abroad", "出国（境）定居或就读", "settled or at school abroad", evidence=(("passport_visa", "foreign_enrolment"),)),
    Code("moved_away", "户籍迁出（接收地确认）", "register moved, confirmed there", evidence=(("register_transfer",), ("receiving_reply",))),
    Code("register_error", "户籍信息错误、重复、查无此人", "register wrong, double or of nobody", evidence=(("police_certificate",),)),
    Code("enrolled_elsewhere", "已在他地就读", "at school elsewhere", evidence=(("roll_screenshot",), ("enrolment_certificate",))),
    Code("over_age", "已超过义务教育年龄", "past compulsory-school age", evidence=(("leaving_statement",),)),
    Code("completed", "已完成义务教育（毕业、结业）", "completed compulsory education", evidence=(("graduation_certificate",),)),
    Code(
        "cannot_attend",
        "重度残疾、重病，不具备学习条件",
        "severe disability or illness, unable to learn",
        evidence=(("disability_card", "diagnosis"), ("expert_opinion",)),
    ),
    Code("detained", "收监、专门学校、强制戒毒等", "in custody or compulsory care", evidence=(("custody_document",),)),
    Code("wrong_entry", "误报、重复登记", "wrong or double entry", evidence=(("original_record",),)),
    Code("other", "其他（须县级审批）", "other, decided by the county", wants_text=True, evidence=(("other_proof",),)),
)

# Compulsory education law, article 11: only the state of the body defers enrolment.
DEFERRAL_GROUNDS: Final = (
    Code("illness", "疾病", "illness", evidence=(("diagnosis", "expert_opinion"),)),
    Code("disability", "残疾", "disability", evidence=(("diagnosis", "expert_opinion"),)),
    Code("development", "身体发育迟缓", "delayed physical development", evidence=(("diagnosis", "expert_opinion"),)),
    Code("treatment", "康复治疗期间", "under treatment or rehabilitation", evidence=(("diagnosis", "expert_opinion"),)),
)

EVIDENCE: Final = (
    Code("visit_photo", "走访照片", "photo of a visit"),
    Code("signature", "监护人签字", "guardian's signature"),
    Code("attendance_list", "考勤（点名）记录", "attendance list"),
    Code("class_roster", "班级名册", "class list"),
    Code("return_photo", "复学照片", "photo of the return"),
    Code("return_certificate", "复学证明", "certificate of return"),
    Code("application", "监护人申请", "guardian's application"),
    Code("diagnosis", "县级及以上医疗单位诊断证明", "diagnosis of a county hospital or above"),
    Code("expert_opinion", "残疾人教育专家委员会评估意见", "opinion of the county's expert committee"),
    Code("disability_card", "残疾证", "disability card"),
    Code("leave_form", "休学（请假）审批表", "approved form of leave or suspension"),
    Code("death_certificate", "死亡医学证明", "medical certificate of death"),
    Code("register_cancelled", "户口注销证明", "cancelled household register"),
    Code("police_receipt", "公安受案回执", "receipt of the police"),
    Code("court_decision", "法院判决（宣告）", "court decision"),
    Code("passport_visa", "护照、签证", "passport and visa"),
    Code("foreign_enrolment", "境外就读证明", "proof of school abroad"),
    Code("register_transfer", "户口迁移证", "certificate of moved register"),
    Code("receiving_reply", "接收地回函", "reply of the receiving place"),
    Code("police_certificate", "派出所证明", "certificate of the police station"),
    Code("roll_screenshot", "学籍系统截图", "screenshot of the school-roll system"),
    Code("enrolment_certificate", "在读证明", "certificate of enrolment"),
    Code("leaving_statement", "离校说明", "statement about leaving school"),
    Code("graduation_certificate", "毕业（结业）证书", "graduation certificate"),
    Code("custody_document", "羁押、入校（所）文书", "document of custody or admission"),
    Code("original_record", "原始记录比对材料", "comparison with the original record"),
    Code("department_answer", "部门帮扶佐证", "proof of a department's help"),
    Code("official_document", "公文扫描件", "scan of an official document"),
    Code("proof_of_service", "送达回证", "proof of service"),
    Code("other_proof", "其他佐证材料", "other proof"),
)

SPECIAL_GROUPS: Final = (
    Code("lifted_out_of_poverty", "脱贫人口", "lifted out of poverty"),
    Code("monitored_unstable", "脱贫不稳定户", "monitored: unstable"),
    Code("monitored_marginal", "边缘易致贫户", "monitored: marginal"),
    Code("monitored_sudden", "突发严重困难户", "monitored: sudden severe hardship"),
    Code("minimum_living", "低保对象", "receives the minimum living allowance"),
    Code("extreme_poverty", "特困人员", "in extreme poverty"),
    Code("minimum_living_margin", "低保边缘家庭", "just above the minimum living allowance"),
    Code("rigid_spending", "刚性支出困难", "hardship through unavoidable spending"),
    Code("orphan", "孤儿", "orphan"),
    Code("in_fact_unsupported", "事实无人抚养", "in fact without support"),
    Code("disabled_sight", "视力残疾", "disability of sight"),
    Code("disabled_hearing", "听力残疾", "disability of hearing"),
    Code("disabled_speech", "言语残疾", "disability of speech"),
    Code("disabled_limbs", "肢体残疾", "disability of the limbs"),
    Code("disabled_intellect", "智力残疾", "intellectual disability"),
    Code("disabled_mind", "精神残疾", "mental disability"),
    Code("disabled_multiple", "多重残疾", "multiple disabilities"),
    Code("parent_disabled", "残疾人子女", "child of a disabled person"),
    Code("left_behind", "留守儿童", "left-behind child"),
    Code("in_hardship", "困境儿童", "child in hardship"),
    Code("migrant_child", "随迁子女", "migrant workers' child"),
    Code("floating", "流动儿童", "child on the move"),
    Code("minority", "少数民族", "ethnic minority"),
    Code("relocated", "易地搬迁", "relocated"),
    Code("parent_imprisoned", "服刑人员子女", "child of a prisoner"),
    Code("justice_involved", "涉案未成年人", "involved in a criminal matter"),
    Code("single_parent", "单亲或离异家庭", "single parent or divorced"),
    Code("no_register", "无户籍", "without household register"),
    Code("severe_illness", "重病", "severely ill"),
)

# 脱贫人口及防返贫监测对象: the "of which" column of the notice's table.
PRIORITY_HOUSEHOLD: Final = frozenset({"lifted_out_of_poverty", "monitored_unstable", "monitored_marginal", "monitored_sudden"})

WHEREABOUTS: Final = (
    Code("at_home", "在家", "at home"),
    Code("county", "在本县其他地方", "elsewhere in the county"),
    Code("province", "在省内其他县（市、区）", "in another county of the province"),
    Code("other_province", "在省外", "in another province"),
    Code("abroad", "在国（境）外", "abroad"),
    Code("working", "在外务工", "away at work"),
    Code("other_school", "在其他学校或机构", "at another school or centre"),
    Code("hospital", "住院或康复", "in hospital or rehabilitation"),
    Code("detained", "被羁押", "in custody"),
    Code("unknown", "去向不明", "not known"),
)

RELATIONS: Final = (
    Code("father", "父亲", "father"),
    Code("mother", "母亲", "mother"),
    Code("paternal_grandfather", "祖父", "father's father"),
    Code("paternal_grandmother", "祖母", "father's mother"),
    Code("maternal_grandfather", "外祖父", "mother's father"),
    Code("maternal_grandmother", "外祖母", "mother's mother"),
    Code("brother", "兄（弟）", "brother"),
    Code("sister", "姐（妹）", "sister"),
    Code("step_parent", "继父（母）", "step-parent"),
    Code("adoptive_parent", "养父（母）", "adoptive parent"),
    Code("relative", "其他亲属", "other relative"),
    Code("institution", "福利机构", "welfare institution"),
    Code("village_committee", "村（居）委会", "village committee"),
    Code("other", "其他", "other"),
)

LISTS: Final = {
    CodeList.CHANNEL: CHANNELS,
    CodeList.REASON: REASONS,
    CodeList.NOT_DROPOUT: NOT_DROPOUT,
    CodeList.PLACEMENT: PLACEMENTS,
    CodeList.GROUND: GROUNDS,
    CodeList.DEFERRAL_GROUND: DEFERRAL_GROUNDS,
    CodeList.EVIDENCE: EVIDENCE,
    CodeList.SPECIAL_GROUP: SPECIAL_GROUPS,
    CodeList.WHEREABOUTS: WHEREABOUTS,
    CodeList.RELATION: RELATIONS,
}


class Rule(NamedTuple):
    code: str
    value: int | bool
    basis: str = ""


RULES: Final = (
    Rule("suspected_after_days", 7, "各地通行：无正当理由未到校超过一周为疑似辍学"),
    Rule("dropped_out_after_days", 30, "各地通行：疑似辍学超过一个月为辍学"),
    Rule("persuasion_rounds", 3),
    Rule("return_school_days", 5),
    Rule("order_term_days", 7, "义务教育法第五十八条；期限由决定机关确定"),
    # National law knows no fine against parents: switching this on demands a cited local regulation.
    Rule("penalty_enabled", False),
    Rule("public_notice_days", 30, "民事诉讼法：公告送达三十日"),
    Rule("deferral_max_days", 366, "义务教育法第十一条；延缓入学一次不超过一年"),
    Rule("order_response_days", 5),
    Rule("relapse_watch_days", 90),
    # Counting (cases.ledger.rules): what the notice leaves open. Of the whole province only.
    Rule("ledger_relapse_counts_again", False, "省通知附件：台帐人数按人计"),
    Rule("ledger_home_teaching_is_return", True, "省通知第四条：送教上门为安置方式"),
    Rule("ledger_carried_over_counts", False, "省通知附件注1：不再统计之前的历史数据"),
    # The monthly report (cases.ledger.drawing): the notice fixes the 15th alone.
    Rule("ledger_draw_up_day", 12),
    Rule("ledger_due_day", 15, "省通知第三条：每月15日前"),
    Rule("ledger_cut_off_at_month_end", False),  # false: what was so on the day of the draw-up; true: on the last day of the month before
    Rule("ledger_names_kept_hours", 24, "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间"),  # a long list of names that was made
    Rule("spot_check_share", 10, "教基厅函〔2024〕15号：县（区）一季度一复核；抽查比例由各地确定"),  # per cent of a quarter's clearances
    # The periodic reports (cases.periodic.periods): the ministry's notice names the rhythm and no day; the days are the province's to set.
    Rule("school_report_draw_up_day", 25, "教基厅函〔2024〕15号：学校一月一报告；日期为系统默认，可调整"),
    Rule("school_report_due_day", 28, "教基厅函〔2024〕15号：学校一月一报告；有的县定为每月28日前，可调整"),
    Rule("quarter_review_draw_up_day", 5, "教基厅函〔2024〕15号：县（区）一季度一复核；日期为系统默认，可调整"),  # of the month after the quarter
    Rule("quarter_review_due_day", 25, "教基厅函〔2024〕15号：县（区）一季度一复核；日期为系统默认，可调整"),
    Rule(
        "term_survey_draw_up_days", 3, "教基厅函〔2024〕15号：市（州）一学期一调研；日期为系统默认，可调整"
    ),  # natural days after the end of the term
    Rule("term_survey_due_days", 30, "教基厅函〔2024〕15号：市（州）一学期一调研；日期为系统默认，可调整"),
    Rule("year_assessment_draw_up_day", 5, "教基厅函〔2024〕15号：省级一学年一评估；日期为系统默认，可调整"),  # of September
    Rule("year_assessment_due_day", 30, "教基厅函〔2024〕15号：省级一学年一评估；日期为系统默认，可调整"),
    Rule("roster_settle_days", 3),  # working days to settle a difference to the school-roll system
    Rule(
        "refused_photos_days", 30, "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间"
    ),  # of a record of a visit that was not taken over
    Rule("spot_check_least", 1),  # however few were cleared
)
