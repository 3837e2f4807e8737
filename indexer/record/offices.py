"""What the name of an office proves: its level, its region; where its documents go.

Places are read from the left of the name, from the province down. A name of the table
(divisions.toml) brings those above it where only one place bears it; any other is known by its
last character (云溪县 is a county), and nothing stands above it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from archive.model import Direction, Evidence, Level, Record
from archive.text.fold import fold

Chain = tuple[str, ...]

_TABLE = Path(__file__).with_name("divisions.toml")
# What a city's line begins with where its counties belong to no city.
_NO_CITY = "－"

# Organisations that name their own before the place.
_PREFIX = re.compile(
    r"(?:中国共产党|中共|中国共产主义青年团|共青团|中国人民政治协商会议|政协|中国(?:民主|国民党革命)\w{1,3}会?|(?:民[革盟建进]|农工党|致公党|九三学社|台盟)(?=.+委)|"
    r"国家税务总局(?=.+税务局)|国家统计局(?=.+调查队)|中国\w{2,4}银行(?=.+行)|国网(?=.+公司))(?:第\w{1,3}届)?"
)
# A name that the text hides leaves what its last character proves: ××县教育局.
_MASKED = re.compile("[x×*某□○]+")
_NOTE = re.compile(r"\([^()]*\)$")
_CENTRAL = re.compile(
    r"(?:中国共产党|中共|共青团|民[革盟建进])?中央(?!企业|储备)|全国(?:人民代表大会|人大|政协|总工会|妇)|中华全国|"
    r"中国人民政治协商会议全国|最高人民|中国共产党中央"
)
_STATE_COUNCIL = re.compile(
    r"国务院(?:办公厅|.*(?:领导小组|指挥部|(?:安全生产|食品安全|学位|妇女儿童工作)委员会|安委会|食安委)(?:办公室|办)?)?$"
)
_MINISTRY = re.compile(
    r"(?:中华人民共和国)?(?:国务院|国家[\u4e00-\u9fff]+?(?:委员会|总局|局|委|署|办)|国家(?:档案|保密)局|"
    r"(?:外交|国防|教育|科学技术|科技|工业和信息化|公安|民政|司法|财政|人力资源(?:和)?社会保障|人社|自然资源|国土资源|"
    r"生态环境|环境保护|住房和?城乡建设|建设|交通运输|交通|铁道|水利|农业农村|农业|商务|文化和旅游|文化|卫生|退役军人事务|"
    r"应急管理|人事|劳动和社会保障|国家安全)部(?!门|队)|审计署|海关总署|市场监管总局|税务总局|广电总局|体育总局|"
    r"中国人民银行(?!.+行)|中国(?:银行?保?险?监督?管?理?|证券监督管理|证监|保监|银监|银保监)(?:委员)?会|中国(?:气象|地震|民用航空|民航)局)"
)
_INSTITUTION = re.compile(
    r"(?:公司|集团|银行|[支分]行|(?<![法学])(?<!检察)(?<!国务)院|科学院|中心|馆|站|台|厂|报社|出版社|通讯社|信用社|合作社|"
    r"林场|农场|水库|血库)(?:党委|党组|党总支|党支部|工会|办公室)?$"
)
_SCHOOL = re.compile(
    r"(?:大学(?!生)|(?<!科)学院|学校|(?<!中)小学(?!生)|中学(?!生)|幼儿园|党校|附中|附小|职中|职教中心|[一二三四五六七八九十\d]中)"
    r"(?:[^局厅委街路村]{0,8}(?:处|院|部|系|室)|党委|党总支|党支部|团委|委员会|工会)?$"
)
# A ministry's office in a place.
_BRANCH = re.compile(r"(?:调查总?队|监管局|监管办公室|专员办事处)$")
# Of no level: administrations of zones, societies.
_APART = re.compile(
    r"(?:开发|高新|新|示范|试验|实验|园|景|度假|保税|经开|名胜|工业)区(?!人民|委)|"
    r"(?<!科学技术)(?:协会|学会|商会|基金会|研究会|促进会)$"
)
# What makes a place's short name an office of a region: 广西区党委, 新疆生产建设兵团.
_OF_SHORT = re.compile("区?党委|生产建设兵团")
_DEPARTMENT = re.compile(r"(?:[^办公]|^公安)厅$")

# A character of a place's name that the table does not know: none that words of offices end in.
_C = r"[^\W\da-z和及与的局部委厅办司党府政协会院处所校]"
_CITY = r"(?<![城都超夜门全各])市(?!场|容|民(?!政|族|宗)|政(?!府|协|法|务))"
_DISTRICT = (
    r"(?<![社园景校小地发新军治战林矿山牧库灾全各辖片街示试验税港城老能假胜业])区(?!域|划|间)"
)
_STREET = r"[\u4e00-\u9fff]{1,6}?街道(?=办|党|人大|纪|$)"
_TOWN = r"(?:镇(?!域|级|镇)|(?<!城)乡(?!村|镇|土)|街道)"
_VILLAGE = r"(?:(?<!农)村|社区)(?=村民|居民|村委|居委|委员会|党|支部|两委|股份|$)"
# Names by their last characters, and levels by those alone at the head (县教育局); highest first.
_NAMED = (
    (Level.PROVINCE, re.compile(rf"{_C}{{1,3}}省")),
    (Level.CITY, re.compile(rf"{_C}{{1,7}}?(?:{_CITY}|自治州|地区(?=行))")),
    (Level.COUNTY, re.compile(rf"{_C}{{1,10}}?(?:自治[县旗]|县(?!域|级)|{_DISTRICT})")),
    (Level.COUNTY, re.compile(rf"{_C}{{1,7}}?{_CITY}")),
    (Level.TOWN, re.compile(rf"{_C}{{1,8}}?{_TOWN}|{_STREET}")),
    (Level.VILLAGE, re.compile(rf"{_C}{{1,8}}?{_VILLAGE}")),
)
_BARE = (
    (Level.PROVINCE, re.compile(r"省|自治区")),
    (Level.CITY, re.compile(rf"{_CITY}|州(?=委|人民|政)|地(?=委)|地区(?=行)|盟(?=委|行)")),
    (Level.COUNTY, re.compile(rf"县(?!域|级)|{_DISTRICT}|旗(?=委|人民|政)")),
    (Level.TOWN, re.compile(_TOWN)),
    (Level.VILLAGE, re.compile(r"村(?=民|委|党)|社区(?=居|党|委)|居(?=民委|委)")),
)
_ORDER = [*Level]

_UP = frozenset(("请示",))
_DOWN = frozenset(["命令", "命令（令）", "令", "决定", "通知", "通报", "批复", "指示"])
_LEVEL = frozenset(["函", "复函", "来函", "商洽函"])


def level_and_region(issuer: Sequence[str]) -> tuple[str | None, Chain]:
    """The level (a value of Level) of who issues, the host of several, and its region.

    The region goes from the province down. What the name does not prove is left out.

    >>> level_and_region(["余杭区教育局"])
    ('county', ('浙江省', '杭州市', '余杭区'))
    >>> level_and_region(["云溪县清水镇人民政府"]), level_and_region(["教育局"])
    (('town', ('云溪县', '清水镇')), (None, ()))
    """
    # Of several in one text the first is the host.
    name = "".join(re.split("[、,]", fold(issuer[0]))[0].split()) if issuer else ""
    name = _MASKED.sub("", _NOTE.sub("", name))
    prefix = _PREFIX.match(name)
    level, region, rest = _places(name[prefix.end() :] if prefix else name)
    office = _office(name, rest if region else "")
    if office is not None:
        return office.value, region if office in (Level.INSTITUTION, Level.SCHOOL) else ()
    if _APART.search(rest):
        return None, region
    if level is None and _DEPARTMENT.search(rest):
        level = Level.PROVINCE
    return level.value if level else None, region


def _office(name: str, rest: str) -> Level | None:
    """The level of an office that has it whatever its place; None where its place decides."""
    if _SCHOOL.search(rest or name) and not name.endswith("医院"):
        return Level.SCHOOL
    if _STATE_COUNCIL.match(name):
        return Level.STATE_COUNCIL
    if _INSTITUTION.search(rest or name):
        return Level.INSTITUTION
    if rest or _BRANCH.search(name):
        return None
    if _CENTRAL.match(name):
        return Level.CENTRAL
    return Level.MINISTRY if _MINISTRY.match(name) else None


def _places(name: str) -> tuple[Level | None, Chain, str]:
    """The lowest level at the head of a name, the places with those above, the name's rest."""
    level: Level | None = None
    region: Chain = ()
    while found := _next_place(name, level, region):
        level, region, length = found
        name = name[length:]
    if level is None:
        bare = ((own, match) for own, form in _BARE if (match := form.match(name)))
        level, match = next(bare, (None, None))
        name = name[match.end() :] if match else name
    return level, region, name


def _next_place(name: str, level: Level | None, region: Chain) -> tuple[Level, Chain, int] | None:
    """The place that `name` begins with, below `level`: its level, its chain, its length."""
    for length in range(min(len(name), 15), 1, -1):
        chains = [
            (lower, chain)
            for lower, chain in _chains().get(name[:length], ())
            if _below(lower, level) and set(region) <= set(chain)
        ]
        own = name[:length]
        # 恩施州 is as whole as 恩施土家族苗族自治州.
        whole = any(own == fold(c[-1]) or (own[-1] + c[-1][-3:]) == "州自治州" for _, c in chains)
        if chains and (whole or _short_counts(chains, name[length:])):
            return chains[0][0], _common([chain for _, chain in chains]), length
    for own, form in _NAMED:
        if _below(own, level) and (match := form.match(name)):
            return own, (*region, match[0]), match.end()
    return None


def _below(level: Level, above: Level | None) -> bool:
    return above is None or _ORDER.index(level) > _ORDER.index(above)


def _short_counts(chains: Sequence[tuple[Level, Chain]], rest: str) -> bool:
    """Whether a name without its last word (浙江, 杭州) is the place: one in it stands behind it.

    >>> level_and_region(["浙江杭州市教育局"]), level_and_region(["浙江教育厅"])
    (('city', ('浙江省', '杭州市')), ('province', ('浙江省',)))
    """
    own = {chain[-1] for _, chain in chains}
    if chains[0][0] is Level.PROVINCE and (_DEPARTMENT.search(rest) or _OF_SHORT.match(rest)):
        return True
    names = (rest[:length] for length in range(2, min(len(rest), 15) + 1))
    return any(
        own & set(chain[:-1]) and name == fold(chain[-1])
        for name in names
        for _, chain in _chains().get(name, ())
    )


def _common(chains: Sequence[Chain]) -> Chain:
    """What places of one name have above them in common, and the name."""
    above: list[str] = []
    for names in zip(*(chain[:-1] for chain in chains), strict=False):
        if len(set(names)) > 1:
            break
        above.append(names[0])
    return (*above, chains[0][-1])


@cache
def _chains() -> dict[str, list[tuple[Level, Chain]]]:
    """The places of each name, short names of provinces and cities too."""
    found: dict[str, list[tuple[Level, Chain]]] = {}
    for level, chain in _divisions():
        names = {chain[-1]}
        if level is not Level.COUNTY:
            short = _short(chain[-1])
            names |= {short, f"{short}州"} if chain[-1].endswith("自治州") else {short}
        for name in map(fold, names):
            found.setdefault(name, []).append((level, chain))
    return found


def _divisions() -> Iterator[tuple[Level, Chain]]:
    for province, cities in tomllib.loads(_TABLE.read_text("utf-8")).items():
        yield Level.PROVINCE, (province,)
        for line in cities.split("\n"):
            city, *counties = line.split() or [_NO_CITY]
            above = (province,) if city == _NO_CITY else (province, city)
            if city != _NO_CITY:
                yield Level.CITY, above
            for county in counties:
                yield Level.COUNTY, (*above, county)


def _short(name: str) -> str:
    """The name of a province or city as it is said.

    >>> [_short(name) for name in ("浙江省", "广西壮族自治区", "杭州市", "大理白族自治州")]
    ['浙江', '广西', '杭州', '大理']
    """
    kept = re.sub(r"(?:壮族|回族|维吾尔|特别)?(?:自治区|行政区)$|[省市盟]$|地区$", "", name)
    return re.sub(r"(?<=..)(?:[\u4e00-\u9fff]{1,3}?族)+自治州$", "", kept) or name


def direction(kind: str | None, issuer: Sequence[str], addressee: str | None) -> str | None:
    """Where a document goes (a value of Direction); None where it is not clear.

    >>> direction("请示", ["云溪县水利局"], "县政府："), direction("公告", ["云溪县水利局"], None)
    ('up', None)
    """
    if kind in _UP or (kind == "报告" and issuer and addressee and not addressee.startswith("各")):
        return Direction.UP.value
    if kind in _LEVEL:
        return Direction.LEVEL.value
    below = kind in _DOWN or (kind in ("意见", "方案") and (addressee or "").startswith("各"))
    return Direction.DOWN.value if below else None


def placed(
    record: Record, evidence: Sequence[Evidence], article: int
) -> tuple[Record, tuple[Evidence, ...]]:
    """A record with the level, region and direction that it has not, and their evidence.

    `evidence` is of all articles, `article` the place of the record's own; the level and the
    region stand on the words that name the issuer.
    """
    level, region = _of_issuer(record.issuer)
    way = direction(record.kind, record.issuer, record.addressee)
    made = {"level": level, "region": region, "direction": way}
    missing = {name: v for name, v in made.items() if v and not getattr(record, name)}
    first = next(iter(record.issuer), "")
    told = (one for one in evidence if (one.article, one.element) == (article, "issuer"))
    # A source that states its record has the names for words.
    host = next((o for o in told if o.value == first), Evidence(article, "issuer", first, first))
    more = (
        replace(host, element=name, value=one)
        for name in ("level", "region")
        for one in _texts(missing.get(name))
    )
    return replace(record, **missing), tuple(more)  # type: ignore[arg-type]


_of_issuer = lru_cache(maxsize=1_024)(level_and_region)


def _texts(value: str | Chain | None) -> Chain:
    return (value,) if isinstance(value, str) else value or ()
