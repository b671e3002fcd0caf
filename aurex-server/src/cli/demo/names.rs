//! Names and places to draw from. Whoever comes out of them is invented; their numbers are too.

/// Given names.
pub(super) const GIVEN: [&str; 48] = [
    "Aarti", "Aditya", "Ananya", "Anil", "Asha", "Ashok", "Bhavna", "Chirag", "Darshana", "Deepak", "Devika",
    "Farhan", "Gauri", "Harish", "Ishita", "Jayesh", "Kavita", "Kiran", "Lakshmi", "Mahesh", "Manisha",
    "Mehul", "Milind", "Nandini", "Neha", "Nikhil", "Pallavi", "Pooja", "Prakash", "Priya", "Rahul",
    "Rajesh", "Rekha", "Rohan", "Rukhsana", "Sachin", "Sandeep", "Sangeeta", "Shweta", "Smita", "Suresh",
    "Swati", "Tanvi", "Uday", "Vaishali", "Vikram", "Yogesh", "Zarine",
];

/// Family names.
pub(super) const FAMILY: [&str; 48] = [
    "Agarwal",
    "Apte",
    "Bhandari",
    "Bhatt",
    "Chavan",
    "Contractor",
    "D'Souza",
    "Dalal",
    "Deshmukh",
    "Deshpande",
    "Fernandes",
    "Gaikwad",
    "Gandhi",
    "Gokhale",
    "Iyer",
    "Jadhav",
    "Jain",
    "Joshi",
    "Kadam",
    "Kale",
    "Kapadia",
    "Khan",
    "Kulkarni",
    "Lokhande",
    "Mehta",
    "Menon",
    "Mistry",
    "Modi",
    "More",
    "Naik",
    "Nair",
    "Oswal",
    "Pandit",
    "Parekh",
    "Patel",
    "Patil",
    "Pawar",
    "Rane",
    "Rao",
    "Sawant",
    "Shah",
    "Shaikh",
    "Sharma",
    "Shinde",
    "Singh",
    "Tambe",
    "Vora",
    "Wagh",
];

/// What firms that buy are called after their family.
pub(super) const FIRMS: [&str; 6] =
    ["and Sons", "Ornaments", "Gems and Jewels", "Events", "Textiles Private Limited", "Hospitality LLP"];

/// A place to live: quarter, city with its PIN code, and the state's code.
pub(super) type Place = (&'static str, &'static str, &'static str);

/// Places in the shop's own state.
pub(super) const NEAR: [Place; 24] = [
    ("Dadar West", "Mumbai 400028", "27"),
    ("Hindu Colony, Dadar East", "Mumbai 400014", "27"),
    ("Girgaon", "Mumbai 400004", "27"),
    ("Shivaji Park", "Mumbai 400016", "27"),
    ("Vile Parle East", "Mumbai 400057", "27"),
    ("Borivali West", "Mumbai 400092", "27"),
    ("Chembur", "Mumbai 400071", "27"),
    ("Mulund West", "Mumbai 400080", "27"),
    ("Bandra West", "Mumbai 400050", "27"),
    ("Ghatkopar East", "Mumbai 400077", "27"),
    ("Kothrud", "Pune 411038", "27"),
    ("Sadashiv Peth", "Pune 411030", "27"),
    ("Aundh", "Pune 411007", "27"),
    ("Karve Nagar", "Pune 411052", "27"),
    ("Deccan Gymkhana", "Pune 411004", "27"),
    ("Hadapsar", "Pune 411028", "27"),
    ("Wakad", "Pune 411057", "27"),
    ("Gangapur Road", "Nashik 422013", "27"),
    ("College Road", "Nashik 422005", "27"),
    ("Panchavati", "Nashik 422003", "27"),
    ("Indira Nagar", "Nashik 422009", "27"),
    ("Nashik Road", "Nashik 422101", "27"),
    ("Naupada", "Thane West 400602", "27"),
    ("Vashi Sector 17", "Navi Mumbai 400703", "27"),
];

/// Places in other states.
pub(super) const FAR: [Place; 8] = [
    ("Adajan", "Surat 395009", "24"),
    ("Navrangpura", "Ahmedabad 380009", "24"),
    ("Jayanagar", "Bengaluru 560041", "29"),
    ("Camp", "Belagavi 590001", "29"),
    ("Fontainhas", "Panaji 403001", "30"),
    ("Banjara Hills", "Hyderabad 500034", "36"),
    ("Vijay Nagar", "Indore 452010", "23"),
    ("Karol Bagh", "New Delhi 110005", "07"),
];

/// Houses and roads.
pub(super) const ROADS: [&str; 12] = [
    "Ganesh Krupa, Station Road",
    "Sai Darshan, Mahatma Gandhi Road",
    "Shanti Niwas, Tilak Road",
    "Om Apartments, Ranade Road",
    "Anand Bhavan, Market Lane",
    "Gulmohar Society, Lake Road",
    "Parijat, Temple Road",
    "Silver Oak, Link Road",
    "Krishna Kunj, School Lane",
    "Sunrise Towers, Hill Road",
    "Laxmi Sadan, Bazaar Peth",
    "Tulsi Vihar, Garden Road",
];
