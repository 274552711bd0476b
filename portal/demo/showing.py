"""What units of the demo company show for their practices, and what the reviewer makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from assessments.actions.evidence import Piece, Place, give_evidence, return_evidence, verify_evidence
from assessments.models import Evidence, MaturityModel
from assessments.uploads import Checked
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.demo import papers

MODEL = "bearing-five"


@dataclass(frozen=True)
class Shown:
    """One piece: for which unit and practice, what it is, and for how many days it holds."""

    unit: str
    practice: str
    title: str
    holds: int
    upload: Callable[[], Checked] | None = None
    link: str = ""
    indicator: str = ""
    threshold: float | None = None
    covers_below: bool = False


def sheet(name: str, *lines: str) -> Callable[[], Checked]:
    """A page of PDF, made when it is given."""
    return lambda: papers.pdf(name, lines)


def photo(name: str) -> Callable[[], Checked]:
    """A picture, made when it is given."""
    return lambda: papers.picture(name)


def called_back() -> Checked:
    """How many unhappy customers were called back, week by week."""
    return papers.table("goi-lai.csv", [["Tuần", "Khách", "Đã gọi"], ["1", "16", "15"], ["2", "14", "14"]])


WIKI = "https://wiki.annhien.example/"
COMPANY_WIDE = {
    "U3": "Bản ghi cuộc gọi của khách, cả công ty cùng nghe mỗi tuần",
    "U4": "Danh sách vấn đề của khách và thứ tự xử lý",
    "P3": "Chương trình tuần đầu của người mới",
    "P4": "Bộ tình huống khó và lịch tập",
    "R1": "Sổ vướng mắc có người nhận và ngày trả lời",
    "R4": "Kho câu trả lời chung cho mọi kênh",
    "M1": "Bảng chỉ số khách hàng của từng đơn vị",
    "M5": "Danh sách người được ghi nhận mỗi tháng",
}
PIECES = {
    "company": [
        Shown("AN", practice, title, 720, link=WIKI + practice.lower(), covers_below=True)
        for practice, title in COMPANY_WIDE.items()
    ],
    "first": [
        # A branch shows most of its leader's practices; what expires first takes its level down with it.
        Shown(
            "BL-DN-ST", "L1", "Lịch gặp khách của trưởng chi nhánh", 292, sheet("lich-gap-khach.pdf", "Lịch gặp khách")
        ),
        Shown("BL-DN-ST", "L2", "Sổ quyết định có phần ảnh hưởng tới khách", 252, link=WIKI + "so-quyet-dinh"),
        Shown("BL-DN-ST", "L3", "Bảng lời hứa và báo lại kết quả", 700, link=WIKI + "loi-hua"),
        Shown("BL-DN-ST", "L5", "Sổ giao ca ba tháng", 700, sheet("so-giao-ca.pdf", "Sổ giao ca", "Mục: chuyện khách")),
        Shown(
            "KH-TT", "U1", "Chân dung khách hàng, mẫu 214 người", 500, sheet("chan-dung.pdf", "Chân dung khách hàng")
        ),
    ],
    "second": [
        Shown("KH-TT", "U6", "Khảo sát khách chưa hài lòng, quý trước", 500, called_back),
        Shown("KH-TT", "M2", "Sổ gọi lại khách chưa hài lòng", 400, link=WIKI + "goi-lai"),
        Shown(
            "BL-DN-LC", "P3", "Chương trình người mới đi cùng người cũ", 226, sheet("nguoi-moi.pdf", "Tuần đầu tiên")
        ),
        Shown("BL-DN", "L4", "Hành động xong đúng hạn", 600, indicator="improvement.actions_in_time", threshold=0.5),
    ],
    "third": [
        Shown("BL-DN-HC", "P1", "Bảng phân quyền đổi hàng dán ở quầy", 365, photo("phan-quyen.png")),
        Shown("BL-DN-HC", "L5", "Sổ giao ca tháng này", 180, sheet("so-giao-ca.pdf", "Sổ giao ca", "Hải Châu")),
        Shown("KH-TT", "R5", "Quy trình một người theo đến khi xong", 365, link=WIKI + "mot-nguoi"),
        Shown("VH-GN", "R6", "Mẫu tin nhắn báo giờ giao", 365, sheet("tin-nhan.pdf", "Mẫu tin nhắn báo giờ giao")),
        Shown("HT-KT", "R2", "Ảnh tủ hồ sơ", 365, photo("tu-ho-so.png")),
    ],
}


def give(chapter: str) -> None:
    """The leaders of these units hand in what they have."""
    practices = MaturityModel.objects.of_code(MODEL).published().latest("version").said
    for each in PIECES[chapter]:
        unit = Unit.objects.select_related("leader").get(code=each.unit)
        home = practices.home_of(each.practice)
        assert home is not None
        piece = Piece(
            title=each.title,
            dated_on=today() - timedelta(days=2),
            expires_on=today() + timedelta(days=each.holds),
            upload=each.upload() if each.upload is not None else None,
            link=each.link,
            indicator=each.indicator,
            threshold=each.threshold,
            covers_below=each.covers_below,
        )
        give_evidence(unit=unit, place=Place(MODEL, each.practice, home.pillar), piece=piece, by=unit.leader)


def judge(chapter: str) -> None:
    """The reviewer checks all that was given in a chapter."""
    reviewer = Employee.objects.holding(Role.REVIEWER).get()
    titles = [each.title for each in PIECES[chapter]]
    for evidence in Evidence.objects.to_review().filter(title__in=titles).select_related("unit"):
        verify_evidence(evidence=evidence, by=reviewer)


def sort_out() -> None:
    """One of the latest pieces does not show what it should and goes back; the others wait."""
    reviewer = Employee.objects.holding(Role.REVIEWER).get()
    unclear = Evidence.objects.to_review().select_related("unit").get(title="Ảnh tủ hồ sơ")
    reason = "Ảnh cho thấy tủ hồ sơ, chưa cho thấy bước nào đã bỏ. Gửi quy trình trước và sau, hoặc nói rõ bước đã bỏ."
    return_evidence(evidence=unclear, reason=reason, by=reviewer)
