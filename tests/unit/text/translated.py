"""The same eight posts in ten languages, by nobody's data set: what a guess at the language has to tell apart."""

from __future__ import annotations

POSTS = {
    "en": (
        "The council votes on Tuesday on a new bridge over the river.",
        "The company sold 412,000 cars last year, 12% more than the year before.",
        "Researchers at Oxford have found a protein that slows the growth of tumours in mice.",
        "The harbor ferry carried 412,000 riders in its first free year, 41% more than before. The council votes on May 14 on keeping it free.",
        "TrendForce: AI inference compute will grow 122% in 2026 as cloud giants invest heavily in NVIDIA GB and Rubin systems. "
        "Training servers will account for 55% of AI server shipments, down from previous years.",
        "Apple, Google and Microsoft want to invest $5 billion in Dublin, says Tim Cook.",
        "Rents up 8% in Berlin: why tenants pay more than ever.",
        "What is AI inference? Using a trained AI model to generate responses. It's what happens every time you use ChatGPT or any AI tool.",
    ),
    "de": (
        "Der Stadtrat stimmt am Dienstag über eine neue Brücke ab, die über den Fluss führt.",
        "Das Unternehmen verkaufte im vergangenen Jahr 412.000 Autos, 12 % mehr als im Jahr davor.",
        "Forscher in Oxford haben ein Protein gefunden, das Tumore bei Mäusen langsamer wachsen lässt.",
        "Die Hafenfähre beförderte in ihrem ersten kostenlosen Jahr 412.000 Fahrgäste, 41 % mehr als zuvor. "
        "Der Rat stimmt am 14. Mai darüber ab, ob sie kostenlos bleibt.",
        "TrendForce: Die Rechenleistung für KI-Inferenz wächst 2026 um 122 %, weil Cloud-Konzerne kräftig in Systeme von NVIDIA investieren. "
        "Auf Trainingsserver entfallen 55 % der ausgelieferten KI-Server, weniger als in früheren Jahren.",
        "Apple, Google und Microsoft wollen 5 Milliarden Dollar in Dublin investieren, sagt Tim Cook.",
        "Mieten in Berlin steigen um 8 %: Warum Mieter so viel zahlen wie nie.",
        "Was ist KI-Inferenz? Ein trainiertes Modell erzeugt Antworten. Das geschieht jedes Mal, wenn man ChatGPT oder ein anderes KI-Werkzeug benutzt.",
    ),
    "fr": (
        "Le conseil municipal vote mardi sur un nouveau pont au-dessus du fleuve.",
        "L'entreprise a vendu 412 000 voitures l'an dernier, soit 12 % de plus que l'année précédente.",
        "Des chercheurs d'Oxford ont trouvé une protéine qui ralentit la croissance des tumeurs chez la souris.",
        "Le ferry du port a transporté 412 000 passagers pendant sa première année gratuite, 41 % de plus qu'avant. "
        "Le conseil vote le 14 mai sur le maintien de la gratuité.",
        "TrendForce : la puissance de calcul pour l'inférence augmentera de 122 % en 2026, car les géants du cloud investissent massivement. "
        "Les serveurs d'entraînement représenteront 55 % des livraisons, moins que les années passées.",
        "Apple, Google et Microsoft veulent investir 5 milliards de dollars à Dublin, selon Tim Cook.",
        "Loyers en hausse de 8 % à Berlin : pourquoi les locataires paient plus que jamais.",
        "Qu'est-ce que l'inférence ? Utiliser un modèle entraîné pour produire des réponses, comme chaque fois que vous utilisez ChatGPT ou un autre outil.",
    ),
    "es": (
        "El ayuntamiento vota el martes sobre un nuevo puente sobre el río.",
        "La empresa vendió 412.000 coches el año pasado, un 12 % más que el año anterior.",
        "Investigadores de Oxford han encontrado una proteína que frena el crecimiento de tumores en ratones.",
        "El ferri del puerto llevó a 412.000 pasajeros en su primer año gratuito, un 41 % más que antes. "
        "El consejo vota el 14 de mayo si sigue siendo gratis.",
        "TrendForce: el cómputo para inferencia crecerá un 122 % en 2026 porque los gigantes de la nube invierten mucho en sistemas de NVIDIA. "
        "Los servidores de entrenamiento serán el 55 % de los envíos, menos que en años anteriores.",
        "Apple, Google y Microsoft quieren invertir 5.000 millones de dólares en Dublín, dice Tim Cook.",
        "Suben un 8 % los alquileres en Berlín: por qué los inquilinos pagan más que nunca.",
        "¿Qué es la inferencia? Usar un modelo entrenado para generar respuestas. Es lo que pasa cada vez que usas ChatGPT u otra herramienta.",
    ),
    "it": (
        "Il consiglio comunale vota martedì su un nuovo ponte sopra il fiume.",
        "L'azienda ha venduto 412.000 auto l'anno scorso, il 12% in più rispetto all'anno precedente.",
        "Ricercatori di Oxford hanno trovato una proteina che rallenta la crescita dei tumori nei topi.",
        "Il traghetto del porto ha trasportato 412.000 passeggeri nel suo primo anno gratuito, il 41% in più di prima. "
        "Il consiglio vota il 14 maggio se mantenerlo gratuito.",
        "TrendForce: la potenza di calcolo per l'inferenza crescerà del 122% nel 2026 perché i giganti del cloud investono molto nei sistemi NVIDIA. "
        "I server per l'addestramento saranno il 55% delle consegne, meno che negli anni passati.",
        "Apple, Google e Microsoft vogliono investire 5 miliardi di dollari a Dublino, dice Tim Cook.",
        "Affitti su dell'8% a Berlino: perché gli inquilini pagano più che mai.",
        "Che cos'è l'inferenza? Usare un modello addestrato per generare risposte. È ciò che succede ogni volta che usi ChatGPT o un altro strumento.",
    ),
    "nl": (
        "De gemeenteraad stemt dinsdag over een nieuwe brug over de rivier.",
        "Het bedrijf verkocht vorig jaar 412.000 auto's, 12% meer dan het jaar ervoor.",
        "Onderzoekers in Oxford hebben een eiwit gevonden dat de groei van tumoren bij muizen vertraagt.",
        "De veerboot vervoerde in zijn eerste gratis jaar 412.000 reizigers, 41% meer dan daarvoor. De raad stemt op 14 mei over het gratis houden ervan.",
        "TrendForce: de rekenkracht voor AI-inferentie groeit in 2026 met 122%, omdat cloudreuzen fors investeren in systemen van NVIDIA. "
        "Trainingsservers zijn goed voor 55% van de leveringen, minder dan in eerdere jaren.",
        "Apple, Google en Microsoft willen 5 miljard dollar investeren in Dublin, zegt Tim Cook.",
        "Huren in Berlijn 8% hoger: waarom huurders meer betalen dan ooit.",
        "Wat is inferentie? Een getraind model gebruiken om antwoorden te maken. Dat gebeurt elke keer dat je ChatGPT of een ander hulpmiddel gebruikt.",
    ),
    "pt": (
        "A câmara municipal vota na terça-feira uma nova ponte sobre o rio.",
        "A empresa vendeu 412.000 carros no ano passado, mais 12% do que no ano anterior.",
        "Investigadores de Oxford encontraram uma proteína que abranda o crescimento de tumores em ratos.",
        "O ferry do porto transportou 412.000 passageiros no seu primeiro ano gratuito, mais 41% do que antes. "
        "O conselho vota a 14 de maio se continua gratuito.",
        "TrendForce: a computação para inferência vai crescer 122% em 2026 porque os gigantes da nuvem investem muito em sistemas da NVIDIA. "
        "Os servidores de treino serão 55% das entregas, menos do que nos anos anteriores.",
        "Apple, Google e Microsoft querem investir 5 mil milhões de dólares em Dublin, diz Tim Cook.",
        "Rendas sobem 8% em Berlim: porque é que os inquilinos pagam mais do que nunca.",
        "O que é a inferência? Usar um modelo treinado para gerar respostas. É o que acontece sempre que você usa o ChatGPT ou outra ferramenta.",
    ),
    "ja": (
        "市議会は火曜日、川に架かる新しい橋について採決します。",
        "同社は昨年、前年より12%多い41万2000台の自動車を販売しました。",
        "オックスフォードの研究者は、マウスの腫瘍の成長を遅らせるタンパク質を発見しました。",
        "港のフェリーは無料化の初年度に41万2000人を運び、以前より41%増えました。市議会は5月14日に無料を続けるか採決します。",
        "TrendForceによると、クラウド大手がNVIDIAのシステムに投資するため、AI推論の計算能力は2026年に122%増える見込みです。学習用サーバーは出荷の55%を占めます。",
        "Apple、Google、Microsoftはダブリンに50億ドルを投資したい考えだと、Tim Cook氏は話しています。",
        "ベルリンの家賃が8%上昇、借り手の負担は過去最高に",
        "AI推論とは何ですか。学習済みのモデルを使って応答を作ることです。ChatGPTなどのツールを使うたびに行われています。",
    ),
    "ar": (
        "يصوت المجلس يوم الثلاثاء على بناء جسر جديد فوق النهر.",
        "باعت الشركة 412 ألف سيارة في العام الماضي، بزيادة 12% عن العام السابق.",
        "اكتشف باحثون في أكسفورد بروتينا يبطئ نمو الأورام لدى الفئران.",
        "نقلت عبارة الميناء 412 ألف راكب في عامها المجاني الأول، أي أكثر بنسبة 41% من قبل. يصوت المجلس في 14 مايو على إبقائها مجانية.",
        "تتوقع TrendForce أن تنمو قدرة الاستدلال بنسبة 122% في 2026 مع استثمار شركات الحوسبة السحابية في أنظمة NVIDIA. ستشكل خوادم التدريب 55% من الشحنات.",
        "تريد Apple وGoogle وMicrosoft استثمار 5 مليارات دولار في دبلن، كما يقول Tim Cook.",
        "ارتفاع الإيجارات في برلين بنسبة 8%: لماذا يدفع المستأجرون أكثر من أي وقت مضى.",
        "ما هو الاستدلال؟ استخدام نموذج مدرب لإنتاج الإجابات. هذا ما يحدث في كل مرة تستخدم فيها ChatGPT أو أي أداة أخرى.",
    ),
    "ru": (
        "Городской совет во вторник голосует за новый мост через реку.",
        "Компания продала в прошлом году 412 000 автомобилей, на 12% больше, чем годом ранее.",
        "Исследователи из Оксфорда нашли белок, который замедляет рост опухолей у мышей.",
        "Паром перевёз 412 000 пассажиров за первый бесплатный год, на 41% больше, чем раньше. Совет голосует 14 мая о том, оставить ли его бесплатным.",
        "TrendForce: вычисления для инференса вырастут на 122% в 2026 году, поскольку облачные гиганты вкладывают средства в системы NVIDIA. "
        "На серверы для обучения придётся 55% поставок.",
        "Apple, Google и Microsoft хотят вложить 5 миллиардов долларов в Дублин, говорит Тим Кук.",
        "Аренда в Берлине подорожала на 8%: почему жильцы платят больше, чем когда-либо.",
        "Что такое инференс? Использование обученной модели для создания ответов. Это происходит каждый раз, когда вы пользуетесь ChatGPT.",
    ),
}
"""By language (BCP 47), in the same order in each."""

MORE = {
    "en": (
        "Police arrested three men after a shop in Leeds was robbed on Sunday night.",
        "Scientists warn that glaciers are melting faster than models predicted.",
        "Central bank keeps rates at 4% as inflation cools",
        "Visitors can book tickets online from Monday, the museum said, and children pay nothing.",
    ),
    "de": (
        "Die Polizei nahm nach einem Überfall auf einen Laden in Köln drei Männer fest.",
        "Wissenschaftler warnen, Gletscher schmelzen schneller als in Modellen vorhergesagt.",
        "Notenbank lässt Zinsen bei 4 %, Inflation geht zurück",
        "Besucher können ab Montag Karten im Internet buchen, teilte das Museum mit; Kinder zahlen nichts.",
    ),
    "fr": (
        "La police a arrêté trois hommes après le braquage d'un magasin à Lyon dimanche soir.",
        "Les glaciers fondent plus vite que prévu, alertent des scientifiques.",
        "La banque centrale maintient ses taux à 4 %, l'inflation ralentit",
        "Les visiteurs pourront réserver en ligne à partir de lundi, annonce le musée ; gratuit pour les enfants.",
    ),
    "es": (
        "La policía detuvo a tres hombres tras el robo en una tienda de Sevilla el domingo por la noche.",
        "Científicos alertan de que los glaciares se derriten más rápido de lo previsto.",
        "El banco central mantiene los tipos en el 4 %, la inflación baja",
        "Los visitantes podrán reservar entradas por internet desde el lunes; los niños no pagan.",
    ),
    "it": (
        "La polizia ha arrestato tre uomini dopo la rapina in un negozio di Torino domenica sera.",
        "I ghiacciai si sciolgono più in fretta del previsto, avvertono gli scienziati.",
        "La banca centrale lascia i tassi al 4%, inflazione in calo",
        "I visitatori potranno prenotare i biglietti online da lunedì, dice il museo; i bambini non pagano.",
    ),
    "nl": (
        "De politie hield drie mannen aan na een overval op een winkel in Utrecht zondagavond.",
        "Wetenschappers waarschuwen dat gletsjers sneller smelten dan modellen voorspelden.",
        "Centrale bank laat rente op 4%, inflatie daalt",
        "Bezoekers kunnen vanaf maandag kaartjes online boeken, meldt het museum; kinderen betalen niets.",
    ),
    "pt": (
        "A polícia deteve três homens depois do assalto a uma loja em Braga no domingo à noite.",
        "Cientistas alertam que os glaciares derretem mais depressa do que previsto.",
        "Banco central mantém juros em 4%, inflação abranda",
        "Os visitantes poderão reservar bilhetes pela internet a partir de segunda-feira; as crianças não pagam.",
    ),
}
"""Other news, written after the lists of `bot.text.language`; their misses were read once while the lists were mended."""

UNNAMED = {
    "sv": "Polisen grep tre män efter ett rån mot en butik i Malmö på söndagskvällen, och det är inte första gången i år.",
    "da": "Politiet anholdt tre mænd efter et røveri mod en butik i Aarhus søndag aften, og det er ikke første gang i år.",
    "no": "Politiet pågrep tre menn etter et ran mot en butikk i Oslo søndag kveld, og det er ikke første gang i år.",
    "pl": "Policja zatrzymała trzech mężczyzn po napadzie na sklep w Krakowie w niedzielę wieczorem.",
    "cs": "Policie zadržela tři muže po přepadení obchodu v Brně v neděli večer a není to poprvé.",
    "tr": "Polis, pazar gecesi bir dükkanın soyulmasının ardından üç kişiyi gözaltına aldı.",
    "fi": "Poliisi otti kiinni kolme miestä kaupan ryöstön jälkeen sunnuntaina illalla.",
    "id": "Polisi menangkap tiga pria setelah perampokan toko di Bandung pada Minggu malam.",
    "ro": "Poliția a arestat trei bărbați după jaful unui magazin din Cluj duminică seara, a spus un purtător de cuvânt.",
    "ca": "La policia va detenir tres homes després del robatori en una botiga de Girona diumenge a la nit, i no és la primera vegada que passa.",
    "hu": "A rendőrség három férfit fogott el, miután vasárnap este kiraboltak egy boltot.",
}
"""Languages in Latin script that are not guessed; to be taken for none that is."""
